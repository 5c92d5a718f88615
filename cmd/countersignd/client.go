package main

import (
	"context"
	"fmt"
	"strings"

	countersign "github.com/countersign-id/countersign"
	"github.com/countersign-id/countersign/ceremony/admin"
)

type clientCommands struct {
	Create clientCreate `cmd:"" help:"Register a relying party. Its secret is printed once."`
	List   clientList   `cmd:"" help:"List relying parties."`
	Show   clientShow   `cmd:"" help:"Show one relying party."`
	Delete clientDelete `cmd:"" help:"Remove a relying party."`
}

type clientShown struct {
	ID           string   `json:"client_id"`
	Secret       string   `json:"client_secret,omitempty"`
	Name         string   `json:"name"`
	Host         string   `json:"host"`
	Public       bool     `json:"public"`
	RedirectURIs []string `json:"redirect_uris"`
	LogoutURIs   []string `json:"post_logout_redirect_uris"`
	Algorithm    string   `json:"id_token_signed_response_alg"`
	Issuer       string   `json:"issuer"`
}

func showClient(c countersign.Client, issuer string) clientShown {
	return clientShown{ID: c.ID, Name: c.Name, Host: c.Host, Public: c.SecretHash == nil, RedirectURIs: orEmpty(c.RedirectURIs), LogoutURIs: orEmpty(c.LogoutURIs), Algorithm: c.Algorithm, Issuer: issuer}
}

func orEmpty(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

type clientCreate struct {
	ID        string   `help:"Its client_id. Without it, one is drawn." placeholder:"ID"`
	Name      string   `help:"What people see: Sign in to NAME." required:"" placeholder:"NAME"`
	Redirect  []string `name:"redirect-uri" help:"Where answers may go, letter by letter; may be repeated." required:"" placeholder:"URL"`
	Logout    []string `name:"post-logout-redirect-uri" help:"Where a sign-out may return; may be repeated." placeholder:"URL"`
	Algorithm string   `help:"Signature of its ID tokens: ES256, or RS256 for clients that know no other." default:"ES256" enum:"ES256,RS256"`
	Public    bool     `help:"A program that can keep no secret; PKCE alone."`
	JSON      bool     `help:"Print as JSON."`
}

func (k *clientCreate) Run(ctx context.Context, p program, c *commands) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	client, secret, err := h.Admin.CreateClient(ctx, admin.NewClient{ID: k.ID, Name: k.Name, RedirectURIs: k.Redirect, LogoutURIs: k.Logout, Algorithm: k.Algorithm, Public: k.Public})
	if err != nil {
		return err
	}
	shown := showClient(client, h.Config.Issuer)
	shown.Secret = secret
	if k.JSON {
		return printJSON(p.stdout, shown)
	}
	fmt.Fprintf(p.stdout, "Registered %s.\nissuer         %s\nclient_id      %s\n", client.Name, shown.Issuer, client.ID)
	if secret != "" {
		fmt.Fprintf(p.stdout, "client_secret  %s\nThe secret is shown this once.\n", secret)
	}
	return nil
}

type clientList struct {
	JSON bool `help:"Print as JSON."`
}

func (k *clientList) Run(ctx context.Context, p program, c *commands) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	all, err := h.Admin.Clients(ctx)
	if err != nil {
		return err
	}
	shown := make([]clientShown, 0, len(all))
	var rows [][]string
	for _, client := range all {
		shown = append(shown, showClient(client, h.Config.Issuer))
		rows = append(rows, []string{client.ID, client.Name, client.Host, client.Algorithm, strings.Join(client.RedirectURIs, " ")})
	}
	if k.JSON {
		return printJSON(p.stdout, shown)
	}
	return table(p.stdout, "CLIENT ID\tNAME\tHOST\tALGORITHM\tREDIRECT ADDRESSES", rows)
}

type clientShow struct {
	ID   string `arg:"" help:"Its client_id."`
	JSON bool   `help:"Print as JSON."`
}

func (k *clientShow) Run(ctx context.Context, p program, c *commands) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	client, err := h.Admin.Client(ctx, k.ID)
	if err != nil {
		return fmt.Errorf("relying party %q: %w", k.ID, err)
	}
	shown := showClient(client, h.Config.Issuer)
	if k.JSON {
		return printJSON(p.stdout, shown)
	}
	_, err = fmt.Fprintf(p.stdout, "%s\nclient_id  %s\nhost       %s\nalgorithm  %s\nredirect   %s\nlogout     %s\n", shown.Name, shown.ID, shown.Host, shown.Algorithm,
		strings.Join(shown.RedirectURIs, " "), strings.Join(shown.LogoutURIs, " "))
	return err
}

type clientDelete struct {
	ID string `arg:"" help:"Its client_id."`
}

func (k *clientDelete) Run(ctx context.Context, p program, c *commands) error {
	h, err := c.house(ctx, p)
	if err != nil {
		return err
	}
	defer h.Close()
	if _, err := h.Admin.Client(ctx, k.ID); err != nil {
		return fmt.Errorf("relying party %q: %w", k.ID, err)
	}
	if err := h.Admin.DeleteClient(ctx, k.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "Removed %s.\n", k.ID)
	return err
}
