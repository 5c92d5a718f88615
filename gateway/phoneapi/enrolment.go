package phoneapi

import (
	"errors"
	"net/http"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/enrolment"
	"github.com/countersign-id/countersign/core/statement"
	"github.com/countersign-id/countersign/gateway"
)

type accountShown struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (a *API) enrol(w http.ResponseWriter, r *http.Request) {
	body, err := gateway.ReadBody(r)
	if err != nil {
		a.refuseCall(w, err)
		return
	}
	var sent struct {
		Code      string `json:"code"`
		Key       string `json:"key"`
		Name      string `json:"name"`
		Platform  string `json:"platform"`
		Version   string `json:"version"`
		Signature string `json:"signature"`
	}
	if err := gateway.ParseStrict(body, &sent); err != nil {
		a.refuseCall(w, err)
		return
	}
	key, err := statement.ParsePoint(sent.Key)
	if err != nil {
		a.refuseCall(w, err)
		return
	}
	signature, err := statement.ParseBytes(sent.Signature)
	if err != nil {
		a.refuseCall(w, err)
		return
	}
	claimed, err := a.Enrolments.Claim(r.Context(), enrolment.Keys{
		Code: sent.Code, Key: key, Name: sent.Name, Platform: countersign.Platform(sent.Platform), Version: sent.Version,
		Signature: signature, Address: a.Peers.Address(r),
	})
	if errors.Is(err, countersign.ErrNotFound) || errors.Is(err, countersign.ErrExpired) {
		gateway.WriteProblem(w, gateway.Problem{Status: 404, Code: "code-unknown", Title: "This code does not work",
			Detail: "It was mistyped, used already, or is older than ten minutes. Ask the page for a new one."})
		return
	}
	if err != nil {
		a.refuseCall(w, err)
		return
	}
	gateway.WriteJSON(w, http.StatusCreated, struct {
		Device     string       `json:"device"`
		Issuer     string       `json:"issuer"`
		ServerName string       `json:"server_name"`
		Account    accountShown `json:"account"`
		Nonce      string       `json:"nonce"`
	}{claimed.Device.ID, a.Issuer, a.ServerName, accountShown{claimed.Account.ID, claimed.Account.Name}, claimed.Nonce})
}

type noticeShown struct {
	ID   string `json:"id"`
	At   int64  `json:"at"`
	Text string `json:"text"`
}

type deviceShown struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Platform   string        `json:"platform"`
	State      string        `json:"state"`
	Account    accountShown  `json:"account"`
	ServerName string        `json:"server_name"`
	Notices    []noticeShown `json:"notices"`
}

// shown is the device as it is now; a pending one is told no notices, since
// nobody has confirmed yet that it is the right phone.
func (a *API) shown(r *http.Request, d countersign.Device) (deviceShown, error) {
	account, err := a.Store.AccountByID(r.Context(), d.AccountID)
	if err != nil {
		return deviceShown{}, err
	}
	out := deviceShown{ID: d.ID, Name: d.Name, Platform: string(d.Platform), State: string(d.State),
		Account: accountShown{account.ID, account.Name}, ServerName: a.ServerName, Notices: []noticeShown{}}
	if d.State != countersign.DeviceActive {
		return out, nil
	}
	notices, err := a.Store.Notices(r.Context(), d.AccountID, d.Created, mostNotices)
	if err != nil {
		return deviceShown{}, err
	}
	for _, n := range notices {
		out.Notices = append(out.Notices, noticeShown{ID: n.ID, At: n.At.UnixMilli(), Text: a.Told(n)})
	}
	return out, nil
}

func (a *API) device(w http.ResponseWriter, r *http.Request, d countersign.Device) {
	out, err := a.shown(r, d)
	if err != nil {
		a.refuse(w, err)
		return
	}
	gateway.WriteJSON(w, http.StatusOK, out)
}

func (a *API) leave(w http.ResponseWriter, r *http.Request, d countersign.Device) {
	by := enrolment.Asker{Actor: "device:" + d.ID, Address: a.Peers.Address(r)}
	if err := a.Enrolments.Revoke(r.Context(), d.AccountID, d.ID, by); err != nil {
		a.refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
