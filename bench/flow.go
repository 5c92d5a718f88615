package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/phone"
)

const password = "correct horse battery"

// party is the relying party that the bench plays.
type party struct {
	ID     string `json:"client_id"`
	Secret string `json:"client_secret"`
}

const redirect = "https://payroll.example.org/callback"

// actor is one person: an account, a browser, and a phone.
type actor struct {
	name    string
	browser *browser
	phone   *phone.Device
	party   party

	path     string // of the sign-in under way
	verifier string
	access   string            // of the last flow
	app      countersign.Entry // in the passcode app, if there is one
	code     string            // what it shows
	live     *stream
	request  phone.Request
	number   string
}

func drawn() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// authorize asks for a code; the answer leads on.
func (a *actor) authorize(ctx context.Context) error {
	a.verifier = drawn()
	sum := sha256.Sum256([]byte(a.verifier))
	return a.browser.get(ctx, "/oidc/authorize?"+url.Values{"client_id": {a.party.ID}, "redirect_uri": {redirect}, "response_type": {"code"},
		"scope": {"openid profile"}, "state": {"s"}, "nonce": {drawn()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}.Encode())
}

// redeem turns the code that the browser was led away with into tokens.
func (a *actor) redeem(ctx context.Context) error {
	at, err := url.Parse(a.browser.to)
	if err != nil {
		return err
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {at.Query().Get("code")}, "redirect_uri": {redirect}, "code_verifier": {a.verifier}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.browser.issuer+"/oidc/token", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(a.party.ID, a.party.Secret)
	answer, err := a.browser.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	var given struct {
		Access  string `json:"access_token"`
		IDToken string `json:"id_token"`
	}
	if err := json.Unmarshal(body, &given); err != nil || given.IDToken == "" {
		return fmt.Errorf("the token endpoint answered %d: %s", answer.StatusCode, body)
	}
	a.access = given.Access
	return nil
}

// flow is the code flow of a browser that is signed in.
func (a *actor) flow(ctx context.Context) error {
	if err := a.authorize(ctx); err != nil {
		return err
	}
	return a.redeem(ctx)
}

func (a *actor) userinfo(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.browser.issuer+"/oidc/userinfo", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+a.access)
	return read(a.browser.http, r)
}

func read(client *http.Client, r *http.Request) error {
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d: %s", r.URL.Path, answer.StatusCode, body)
	}
	return err
}

// begin goes from the relying party to the page after the user name.
func (a *actor) begin(ctx context.Context) error {
	b := a.browser
	b.forget()
	b.move()
	if err := a.authorize(ctx); err != nil {
		return err
	}
	if err := b.follow(ctx, "/signin?"); err != nil {
		return err
	}
	to, err := b.find(returnHidden)
	if err != nil {
		return err
	}
	client, err := b.find(clientHidden)
	if err != nil {
		return err
	}
	if err := b.post(ctx, "/signin", url.Values{"name": {a.name}, "return_to": {to}, "client": {client}}); err != nil {
		return err
	}
	a.path = b.to
	return b.follow(ctx, "/signin/")
}

// arrived is begin without what comes before it: a sign-in to the server
// itself, at its first step.
func (a *actor) arrived(ctx context.Context) error {
	b := a.browser
	b.forget()
	b.move()
	if err := b.post(ctx, "/signin", url.Values{"name": {a.name}, "return_to": {"/security"}, "client": {""}}); err != nil {
		return err
	}
	a.path = b.to
	return nil
}

func (a *actor) typePassword(ctx context.Context) error {
	if err := a.browser.post(ctx, a.path+"/password", url.Values{"password": {password}}); err != nil {
		return err
	}
	return a.allowed()
}

func (a *actor) typePasscode(ctx context.Context) error {
	if err := a.browser.post(ctx, a.path+"/passcode", url.Values{"code": {a.code}}); err != nil {
		return err
	}
	return a.allowed()
}

// allowed is an error when the page will say that what was typed is wrong.
func (a *actor) allowed() error {
	if strings.Contains(a.browser.to, "said=") {
		return fmt.Errorf("%s: refused, led to %s", a.name, a.browser.to)
	}
	return nil
}

// ask sends for the phone.
func (a *actor) ask(ctx context.Context) error {
	return a.browser.post(ctx, a.path+"/approval", url.Values{})
}

// wait shows the number and listens; the phone looks what waits.
func (a *actor) wait(ctx context.Context) error {
	b := a.browser
	if err := b.get(ctx, a.path+"?way=approval"); err != nil {
		return err
	}
	live, err := b.find(liveShown)
	if err != nil {
		return err
	}
	if a.number, err = b.find(numberShown); err != nil {
		return err
	}
	if a.live, err = b.listen(ctx, live); err != nil {
		return err
	}
	waiting, err := a.phone.Requests(ctx)
	if err != nil {
		return err
	}
	if len(waiting) != 1 {
		return fmt.Errorf("%s: %d requests wait; want one", a.name, len(waiting))
	}
	a.request = waiting[0]
	return nil
}

// decide approves on the phone.
func (a *actor) decide(ctx context.Context) error {
	state, err := a.phone.Decide(ctx, a.request, countersign.Approve, a.number)
	if err == nil && state != countersign.ApprovalApproved {
		err = errors.New("the approval ended as " + string(state))
	}
	return err
}

// approve is from the shown number to the page's move.
func (a *actor) approve(ctx context.Context) error {
	if err := a.wait(ctx); err != nil {
		return err
	}
	if err := a.decide(ctx); err != nil {
		return err
	}
	defer a.live.close()
	return a.live.moved()
}

// ceremony is a whole push approval: asked, decided, learnt by the page.
func (a *actor) ceremony(ctx context.Context) error {
	if err := a.ask(ctx); err != nil {
		return err
	}
	return a.approve(ctx)
}

// beforePassword and afterPassword are a sign-in in which the phone is asked
// first, so that the password is one step of its own.
func (a *actor) beforePassword(ctx context.Context) error {
	if err := a.begin(ctx); err != nil {
		return err
	}
	if err := a.ceremony(ctx); err != nil {
		return err
	}
	return a.browser.get(ctx, a.path)
}

func (a *actor) afterPassword(ctx context.Context) error {
	b := a.browser
	if err := b.get(ctx, a.path); err != nil {
		return err
	}
	if err := b.post(ctx, a.path+"/finish", url.Values{}); err != nil {
		return err
	}
	to, err := b.find(onwardShown)
	if err != nil {
		return err
	}
	if err := b.get(ctx, to); err != nil {
		return err
	}
	return a.redeem(ctx)
}

// signIn is what a person does: name, password, number, done.
func (a *actor) signIn(ctx context.Context) error {
	for _, step := range []func(context.Context) error{a.begin, a.typePassword, a.approve, a.afterPassword} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
