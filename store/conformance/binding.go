package conformance

import (
	"time"

	countersign "github.com/countersign-id/countersign"
)

func claimRaced(w *world) {
	a := w.account("mara")
	b := w.binding(a.ID, "session")
	w.tally("claim", together(64, func(int) error { return w.claim(b, w.newDevice()) }), map[error]int{nil: 1, countersign.ErrNotFound: 63})
	devices, err := w.s.Devices(w.ctx, a.ID)
	w.must(err)
	if len(devices) != 1 || devices[0].State != countersign.DevicePending {
		w.Fatalf("devices: %+v", devices)
	}
	got, err := w.s.Binding(w.ctx, b.ID)
	w.must(err)
	if got.State != countersign.BindingClaimed || got.DeviceID != devices[0].ID || got.Safety != rightSafety {
		w.Errorf("the binding: %+v", got)
	}
	rows, err := w.s.AuditEvents(w.ctx, auditOf(a.ID))
	w.must(err)
	claims := 0
	for _, row := range rows {
		if row.Kind == "binding.claimed" {
			claims++
		}
	}
	if claims != 1 {
		w.Errorf("%d claims are audited for the account, want 1", claims)
	}
}

func claimRefused(w *world) {
	a := w.account("mara")
	w.wants("an unknown code", w.claim(countersign.Binding{CodeHash: randomBytes(32)}, w.newDevice()), countersign.ErrNotFound)
	b := w.binding(a.ID, "")
	w.now = b.Expires
	w.wants("at the end", w.claim(b, w.newDevice()), countersign.ErrNotFound)
	w.later(-time.Millisecond)
	_, _, err := w.s.ClaimBinding(w.ctx, b.CodeHash, w.newDevice(), func(string) string { return "" }, w.now, w.event("binding.claimed", ""))
	w.wants("without a safety code", err, countersign.ErrMalformed)
	var asked string
	claimed, account, err := w.s.ClaimBinding(w.ctx, b.CodeHash, w.newDevice(), func(id string) string { asked = id; return rightSafety }, w.now, w.event("binding.claimed", ""))
	w.wants("in the last millisecond", err, nil)
	if asked != a.ID || account.ID != a.ID || claimed.ID != b.ID {
		w.Errorf("claimed %+v for %q, account %+v", claimed, asked, account)
	}
	w.wants("again", w.claim(b, w.newDevice()), countersign.ErrNotFound)
	killed := w.binding(a.ID, "session")
	w.wants("killed by another session", w.s.KillBinding(w.ctx, killed.ID, "another", w.now, w.event("binding.cancelled", a.ID)), countersign.ErrNotFound)
	w.must(w.s.KillBinding(w.ctx, killed.ID, "session", w.now, w.event("binding.cancelled", a.ID)))
	w.wants("killed twice", w.s.KillBinding(w.ctx, killed.ID, "session", w.now, w.event("binding.cancelled", a.ID)), countersign.ErrNotFound)
	w.wants("one that was cancelled", w.claim(killed, w.newDevice()), countersign.ErrNotFound)
	byCode, err := w.s.BindingByCode(w.ctx, killed.CodeHash)
	if err != nil || byCode.ID != killed.ID || byCode.State != countersign.BindingDead {
		w.Errorf("by its code: %+v, %v", byCode, err)
	}
	if devices, err := w.s.Devices(w.ctx, a.ID); err != nil || len(devices) != 1 {
		w.Errorf("%d devices, %v", len(devices), err)
	}
}

func safetyCodes(w *world) {
	a := w.account("mara")
	b := w.binding(a.ID, "session")
	thief := w.newDevice()
	_, _, err := w.confirm(b, "session", rightSafety)
	w.wants("before it is claimed", err, countersign.ErrNotFound)
	w.must(w.claim(b, thief))
	for i, want := range []error{countersign.ErrWrong, countersign.ErrWrong, countersign.ErrOver} {
		_, left, err := w.confirm(b, "session", "000000")
		w.wants("a wrong safety code", err, want)
		if left != 2-i {
			w.Errorf("%d tries left, want %d", left, 2-i)
		}
	}
	_, _, err = w.confirm(b, "session", rightSafety)
	w.wants("the right one, too late", err, countersign.ErrNotFound)
	if got, err := w.s.Binding(w.ctx, b.ID); err != nil || got.State != countersign.BindingDead {
		w.Errorf("the binding is %s, %v", got.State, err)
	}
	if got, err := w.s.Device(w.ctx, thief.ID); err != nil || got.State != countersign.DeviceRevoked {
		w.Errorf("the phone is %s, %v", got.State, err)
	}
	if n := w.events("binding.safety-wrong"); n != 3 {
		w.Errorf("%d wrong codes are audited, want 3", n)
	}
	if n := w.events("device.added"); n != 0 {
		w.Errorf("%d additions are audited, want none", n)
	}

	raced := w.binding(a.ID, "session")
	w.must(w.claim(raced, w.newDevice()))
	errs := together(64, func(int) error {
		_, _, err := w.confirm(raced, "session", "000000")
		return err
	})
	w.tally("guesses", errs, map[error]int{countersign.ErrWrong: 2, countersign.ErrOver: 1, countersign.ErrNotFound: 61})
}

func safetyRight(w *world) {
	a := w.account("mara")
	b := w.binding(a.ID, "session")
	phone := w.newDevice()
	w.must(w.claim(b, phone))
	_, _, err := w.confirm(b, "another", rightSafety)
	w.wants("in another session", err, countersign.ErrNotFound)
	w.now = b.Expires
	_, _, err = w.confirm(b, "session", rightSafety)
	w.wants("at the end", err, countersign.ErrNotFound)
	w.later(-time.Millisecond)
	got, _, err := w.confirm(b, "session", rightSafety)
	w.must(err)
	if got.ID != phone.ID || got.AccountID != a.ID || got.State != countersign.DeviceActive || string(got.Key) != string(phone.Key) || got.Platform != phone.Platform {
		w.Errorf("got %+v, want %+v, active", got, phone)
	}
	_, _, err = w.confirm(b, "session", rightSafety)
	w.wants("twice", err, countersign.ErrNotFound)
	if notices, err := w.s.Notices(w.ctx, a.ID, w.now, 10); err != nil || len(notices) != 1 {
		w.Errorf("%d notices, %v", len(notices), err)
	}
	w.must(w.s.RenameDevice(w.ctx, a.ID, phone.ID, "Blue one", w.event("device.renamed", a.ID)))
	w.wants("renaming another's", w.s.RenameDevice(w.ctx, newID(), phone.ID, "Red one", w.event("device.renamed", a.ID)), countersign.ErrNotFound)
	if got, err := w.s.Device(w.ctx, phone.ID); err != nil || got.Name != "Blue one" {
		w.Errorf("its name is %q, %v", got.Name, err)
	}
}

func bindingCap(w *world) {
	a := w.account("mara")
	var opened []countersign.Binding
	phone := w.newDevice()
	for i := range 5 {
		opened = append(opened, w.binding(a.ID, ""))
		if i == 0 {
			w.must(w.claim(opened[0], phone))
		}
		w.later(time.Second)
	}
	for i, b := range opened {
		want := countersign.BindingOpen
		if i < 2 {
			want = countersign.BindingDead
		}
		if got, err := w.s.Binding(w.ctx, b.ID); err != nil || got.State != want {
			w.Errorf("binding %d is %s, %v, want %s", i, got.State, err, want)
		}
	}
	if got, err := w.s.Device(w.ctx, phone.ID); err != nil || got.State != countersign.DeviceRevoked {
		w.Errorf("the phone in the first is %s, %v", got.State, err)
	}
}

func deviceRevoked(w *world) {
	a, other := w.account("mara"), w.account("otto")
	d, stays := w.device(a.ID), w.device(a.ID)
	waiting, bystander := w.asked(a.ID), w.asked(other.ID)
	revoke := func(account string) error {
		return w.s.RevokeDevice(w.ctx, account, d.ID, w.now, w.event("device.removed", account), w.notice(countersign.NoticeDeviceRemoved, account))
	}
	w.wants("by another account", revoke(other.ID), countersign.ErrNotFound)
	errs := together(64, func(i int) error {
		if i%2 == 0 {
			return revoke(a.ID)
		}
		_, err := w.decide(waiting, d.ID, countersign.Approve, "47")
		return err
	})
	revoked := 0
	for i, err := range errs {
		if i%2 == 0 && err == nil {
			revoked++
		}
	}
	if revoked != 1 {
		w.Errorf("%d revocations succeeded, want 1", revoked)
	}
	if got := w.approvalState(waiting.ID); got != countersign.ApprovalEnded && got != countersign.ApprovalApproved {
		w.Errorf("the waiting request is %s", got)
	}
	if got := w.approvalState(bystander.ID); got != countersign.ApprovalPending {
		w.Errorf("another account's request is %s", got)
	}
	if devices, err := w.s.Devices(w.ctx, a.ID); err != nil || len(devices) != 1 || devices[0].ID != stays.ID {
		w.Errorf("devices: %+v, %v", devices, err)
	}
	if got, err := w.s.Device(w.ctx, d.ID); err != nil || got.State != countersign.DeviceRevoked {
		w.Errorf("the phone is %s, %v", got.State, err)
	}

	// A phone that waits to be confirmed dies with its binding.
	b := w.binding(a.ID, "session")
	pending := w.newDevice()
	w.must(w.claim(b, pending))
	w.must(w.s.RevokeDevice(w.ctx, a.ID, pending.ID, w.now, w.event("device.removed", a.ID), w.notice(countersign.NoticeDeviceRemoved, a.ID)))
	_, _, err := w.confirm(b, "session", rightSafety)
	w.wants("confirming it", err, countersign.ErrNotFound)
}
