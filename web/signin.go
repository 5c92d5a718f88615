package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/approval"
	"github.com/countersign-id/countersign/ceremony/signin"
	"github.com/countersign-id/countersign/core/username"
)

// startForm is what begins a sign-in.
type startForm struct {
	Name   string
	Client string
	Return string
	To     party
}

// party is whom the sign-in is for, by its registered name and host.
type party struct {
	Name    string
	Host    string
	Foreign bool // not this server itself, whose host stands below every page
}

// party looks a client up; "" is this server itself.
func (s *Web) party(r *http.Request, clientID string) (party, error) {
	if clientID == "" {
		return party{s.ServerName, s.host, false}, nil
	}
	client, err := s.Store.Client(r.Context(), clientID)
	if err != nil {
		return party{}, err
	}
	return party{client.Name, client.Host, true}, nil
}

// errNoClient refuses a sign-in for a relying party that is not registered.
var errNoClient = errors.New("web: no such client")

// start checks what a sign-in is to begin with.
func (s *Web) start(r *http.Request, given map[string]string) (startForm, error) {
	form := startForm{Name: given["name"], Client: given["client"]}
	var err error
	if form.Return, err = checkReturn(given["return_to"], form.Client); err != nil {
		return startForm{}, err
	}
	form.To, err = s.party(r, form.Client)
	if errors.Is(err, countersign.ErrNotFound) {
		return startForm{}, errNoClient
	}
	return form, err
}

// name asks who wants to sign in.
func (s *Web) name(w http.ResponseWriter, r *http.Request) {
	given, err := readQuery(r, "return_to", "client", "name", "said")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	form, err := s.start(r, given)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	form.Name = shownName(form.Name)
	s.page(w, r, http.StatusOK, "name", view{Title: say("signin.to", form.To.Name), Said: said(given["said"]), Body: form})
}

// shownName is a name to show again in its field, where it could be one.
func shownName(name string) string {
	if len(name) > username.MostBytes {
		return ""
	}
	return name
}

// begin opens the sign-in. It reads the browser's cookies if there are any,
// and needs none.
func (s *Web) begin(w http.ResponseWriter, r *http.Request) {
	given, err := readForm(r, "name", "return_to", "client")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	form, err := s.start(r, given)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if !s.paced(w, r) {
		return
	}
	start := signin.Start{Name: form.Name, ClientID: form.Client, Return: form.Return, Address: s.Peers.Address(r), Agent: r.UserAgent(), Browser: cookie(r, browserCookie)}
	v, err := s.visitor(r)
	if err != nil && !errors.Is(err, countersign.ErrNotFound) {
		s.refuse(w, r, err)
		return
	}
	start.Fresh = v.session.Key // ends with the new session: the id changes (checks C5, G1)
	begun, secret, err := s.SignIn.Begin(r.Context(), start)
	if errors.Is(err, signin.ErrBadName) {
		http.Redirect(w, r, againAt(form.Return, form.Client, "name-bad"), http.StatusSeeOther)
		return
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	keepAttempt(w, r, begun.ID, secret)
	s.toNext(w, r, begun, "")
}

// againAt is the address that starts a sign-in over.
func againAt(to, client, word string) string {
	q := url.Values{"return_to": {to}}
	if client != "" {
		q.Set("client", client)
	}
	if word != "" {
		q.Set("said", word)
	}
	return "/signin?" + q.Encode()
}

func signInPath(id string) string { return "/signin/" + id }

// onward asks for what comes next, where that can begin by itself, and shows
// it. word is what to say there.
func (s *Web) onward(w http.ResponseWriter, r *http.Request, t trying, word string) {
	now, err := s.SignIn.Attempt(r.Context(), t.ID, t.secret)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.toNext(w, r, now, word)
}

// toNext is onward for a sign-in as it was just read or made.
func (s *Web) toNext(w http.ResponseWriter, r *http.Request, now countersign.SignIn, word string) {
	plan, err := s.SignIn.Plan(r.Context(), now)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if plan.Next == signin.MethodApproval && !plan.Stuck && plan.PausedUntil.IsZero() {
		if err := s.askFor(r, now); err != nil {
			s.refuse(w, r, err)
			return
		}
	}
	s.back(w, r, now.ID, "", word)
}

// back shows a sign-in's page again, by a redirect.
func (s *Web) back(w http.ResponseWriter, r *http.Request, id string, way signin.Method, word string) {
	q := url.Values{}
	if way != signin.MethodNone {
		q.Set("way", string(way))
	}
	if word != "" {
		q.Set("said", word)
	}
	to := signInPath(id)
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// step is what every page of a sign-in shows.
type step struct {
	ID     string
	Name   string
	To     party
	Others []signin.Method
	Number *number   // the number page
	Paused time.Time // until when approvals are paused; zero when they are not
}

// next shows whatever the plan says.
func (s *Web) next(w http.ResponseWriter, r *http.Request, t trying) {
	given, err := readQuery(r, "way", "said")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	plan, err := s.SignIn.Plan(r.Context(), t.SignIn)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	to, err := s.party(r, t.ClientID)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	way, others := choose(plan, signin.Method(given["way"]))
	shown := step{ID: t.ID, Name: t.Name, To: to, Others: others, Paused: plan.PausedUntil}
	v := view{Title: say("signin.to", to.Name), Said: said(given["said"])}
	page := string(way)
	switch {
	case way == signin.MethodNone:
		page = "continue"
	case plan.Stuck && plan.Personal:
		page = "stuck"
	case way == signin.MethodApproval:
		page = "number"
		if shown.Number, err = s.number(r, t, plan); err != nil {
			s.refuse(w, r, err)
			return
		}
		if shown.Number.Waiting {
			v.Refresh = refreshSeconds
			v.Live = signInPath(t.ID) + "/live?seen=" + s.seen(t.SignIn, shown.Number)
		}
	}
	v.Body = shown
	s.page(w, r, http.StatusOK, page, v)
}

// refreshSeconds is how often a page without script looks again.
const refreshSeconds = 3

// choose takes the way a person chose where the plan has it, else the plan's
// next; while approvals are paused, the first that is not an approval.
func choose(plan signin.Plan, wanted signin.Method) (signin.Method, []signin.Method) {
	if plan.Next == signin.MethodNone {
		return signin.MethodNone, nil
	}
	ways := append([]signin.Method{plan.Next}, plan.Others...)
	chosen := plan.Next
	if !plan.PausedUntil.IsZero() {
		ways = slices.DeleteFunc(ways, func(m signin.Method) bool { return m == signin.MethodApproval && len(ways) > 1 })
		chosen = ways[0]
	}
	if slices.Contains(ways, wanted) {
		chosen = wanted
	}
	return chosen, slices.DeleteFunc(ways, func(m signin.Method) bool { return m == chosen })
}

func (s *Web) ask(w http.ResponseWriter, r *http.Request, t trying) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	plan, err := s.SignIn.Plan(r.Context(), t.SignIn)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	way, _ := choose(plan, signin.MethodApproval)
	if way != signin.MethodApproval || plan.Stuck {
		s.back(w, r, t.ID, "", "")
		return
	}
	if !s.paced(w, r) {
		return
	}
	if err := s.askFor(r, t.SignIn); err != nil {
		s.refuse(w, r, err)
		return
	}
	s.back(w, r, t.ID, signin.MethodApproval, "")
}

// askFor asks the account's phones, with what they need to show.
func (s *Web) askFor(r *http.Request, attempt countersign.SignIn) error {
	to, err := s.party(r, attempt.ClientID)
	if err != nil {
		return err
	}
	_, err = s.Approval.Ask(r.Context(), attempt, approval.Context{Client: to.Name, Host: to.Host, Place: s.Place(attempt.Address)})
	return err
}

func (s *Web) password(w http.ResponseWriter, r *http.Request, t trying) {
	given, err := readForm(r, "password")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if !s.paced(w, r) {
		return
	}
	err = s.Password.Check(r.Context(), t.SignIn, countersign.NewSecret([]byte(given["password"])))
	switch {
	case errors.Is(err, countersign.ErrWrong):
		s.back(w, r, t.ID, signin.MethodPassword, "password-wrong")
	case err != nil:
		s.refuse(w, r, err)
	default:
		s.onward(w, r, t, "")
	}
}

func (s *Web) passcode(w http.ResponseWriter, r *http.Request, t trying) {
	given, err := readForm(r, "code")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if !s.paced(w, r) {
		return
	}
	err = s.Passcode.Check(r.Context(), t.SignIn, ungrouped(given["code"]))
	switch {
	case errors.Is(err, countersign.ErrSpent):
		s.back(w, r, t.ID, signin.MethodPasscode, "passcode-spent")
	case errors.Is(err, countersign.ErrWrong):
		s.back(w, r, t.ID, signin.MethodPasscode, "passcode-wrong")
	case err != nil:
		s.refuse(w, r, err)
	default:
		s.onward(w, r, t, "")
	}
}

// finish turns enough evidence into a session.
func (s *Web) finish(w http.ResponseWriter, r *http.Request, t trying) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	done, err := s.SignIn.Finish(r.Context(), t.ID, t.secret, cookie(r, browserCookie))
	switch {
	case errors.Is(err, countersign.ErrNotEnough):
		s.back(w, r, t.ID, "", "")
	case errors.Is(err, countersign.ErrOver), errors.Is(err, countersign.ErrExpired), errors.Is(err, countersign.ErrLocked):
		s.signInOver(w, r, t.SignIn)
	case err != nil:
		s.refuse(w, r, err)
	default:
		setCookie(w, sessionCookie, done.Secret, countersign.SessionAbsolute)
		setCookie(w, browserCookie, done.Browser, browserLife)
		s.arrive(w, r, done.Return)
	}
}

// arrival is the page between a finished sign-in and its relying party.
type arrival struct{ To string }

// arrive leads on. To our own pages by a redirect; to a relying party by a page
// that goes on by itself: Chromium applies form-action to every redirect that
// follows a form, so that a redirect would need the party's address in the
// policy of the number page, and a party that redirects once more would still
// be cut off. What sends no Sec-Fetch-Mode is a text browser or a program: it
// has no such policy, and follows redirects.
func (s *Web) arrive(w http.ResponseWriter, r *http.Request, to string) {
	if to == "/" || to == securityPath || r.Header.Get("Sec-Fetch-Mode") == "" {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	s.page(w, r, http.StatusOK, "arrive", view{Title: say("arrive.title"), Onward: to, Body: arrival{to}})
}

// finishedBefore leads on once more: a form sent twice, or the way back.
func (s *Web) finishedBefore(w http.ResponseWriter, r *http.Request, done countersign.SignIn) {
	v, err := s.visitor(r)
	if errors.Is(err, countersign.ErrNotFound) || (err == nil && v.account.ID != done.AccountID) {
		s.signInOver(w, r, done)
		return
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.arrive(w, r, done.Return)
}

// leave ends the attempt: another name, or nobody.
func (s *Web) leave(w http.ResponseWriter, r *http.Request, t trying) {
	if _, err := readForm(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	if err := s.SignIn.Leave(r.Context(), t.ID, t.secret); err != nil {
		s.refuse(w, r, err)
		return
	}
	dropCookie(w, attemptCookie(t.ID))
	http.Redirect(w, r, againAt(t.Return, t.ClientID, ""), http.StatusSeeOther)
}

// signInOver says so and offers to start again, for the same party.
func (s *Web) signInOver(w http.ResponseWriter, r *http.Request, over countersign.SignIn) {
	t := troubleSignInOver
	t.link, t.label = againAt(over.Return, over.ClientID, ""), "trouble.again"
	s.trouble(w, r, t)
}
