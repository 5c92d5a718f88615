package conformance

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"

	countersign "github.com/countersign-id/countersign"
)

// Long names how many random histories are checked; the default is a slice
// for every run.
const Long = "COUNTERSIGN_TEST_HISTORIES"

const (
	shortHistories = 5
	callers        = 8
	callsEach      = 12
	subjects       = 3 // few, so that callers meet
)

// call is one verb as a caller asked for it, on the subject of its kind.
type call struct {
	verb    string // reserve, release, spend, decide, redeem
	subject int
	step    int64                // spend
	answer  countersign.Decision // decide
	device  int                  // decide
}

// reply is what the caller was told.
type reply struct {
	err      error // a sentinel, or nil
	state    countersign.ApprovalState
	repeated bool
	failures int
	allowed  bool
}

// linearizable runs random histories of callers at once, and asks whether
// each can be explained by the calls having happened one after the other
// (check L2).
func linearizable(w *world) {
	histories := shortHistories
	if long := os.Getenv(Long); long != "" {
		n, err := strconv.Atoi(long)
		w.must(err)
		histories = n
	}
	a := w.account("mara")
	phones := []countersign.Device{w.device(a.ID), w.device(a.ID)}
	client := w.client().ID
	session := w.session(a.ID)
	for range histories {
		seed := rand.Uint64()
		w.history(seed, a.ID, phones, client, session)
		if w.Failed() {
			w.Fatalf("history of seed %d", seed)
		}
	}
	w.sound()
}

func (w *world) history(seed uint64, accountID string, phones []countersign.Device, client string, session countersign.Session) {
	w.Helper()
	limits := countersign.Limits{Free: 4, Delay: time.Minute, Most: time.Hour, End: 1 << 20}
	var passcodes [subjects]countersign.Passcode
	var requests [subjects]countersign.Approval
	var grants [subjects]countersign.Grant
	for i := range subjects {
		passcodes[i] = w.passcode(accountID)
		requests[i] = w.asked(accountID)
		grants[i] = w.newGrant(client, session)
	}
	attempts := make([]countersign.SignIn, callers)
	for i := range attempts {
		attempts[i] = w.signIn(accountID)
	}
	do := func(caller int, c call) reply {
		switch c.verb {
		case "reserve":
			t, allowed, err := w.s.Reserve(w.ctx, fmt.Sprint(seed, "/", c.subject), countersign.FactorPassword, limits, w.now)
			return reply{err: kindOf(err), failures: t.Failures, allowed: allowed}
		case "release":
			return reply{err: kindOf(w.s.Release(w.ctx, fmt.Sprint(seed, "/", c.subject), countersign.FactorPassword))}
		case "spend":
			return reply{err: kindOf(w.spend(attempts[caller], passcodes[c.subject].ID, c.step))}
		case "decide":
			// Each request has a source of its own, so that none ends another.
			got, err := w.decide(requests[c.subject], phones[c.device].ID, c.answer, "47")
			return reply{err: kindOf(err), state: got.State, repeated: got.Repeated}
		default:
			g := grants[c.subject]
			g.AccessHash = randomBytes(32)
			return reply{err: kindOf(w.redeem(g))}
		}
	}
	var mu sync.Mutex
	var operations []porcupine.Operation
	began := time.Now()
	together(callers, func(caller int) error {
		random := rand.New(rand.NewPCG(seed, uint64(caller)))
		for range callsEach {
			c := randomCall(random)
			op := porcupine.Operation{ClientId: caller, Input: c, Call: time.Since(began).Nanoseconds()}
			op.Output = do(caller, c)
			op.Return = time.Since(began).Nanoseconds()
			mu.Lock()
			operations = append(operations, op)
			mu.Unlock()
		}
		return nil
	})
	result, _ := porcupine.CheckOperationsVerbose(model(limits, w.now), operations, time.Minute)
	if result != porcupine.Ok {
		w.Errorf("the history is not linearizable: %s", result)
	}
}

func randomCall(random *rand.Rand) call {
	c := call{verb: []string{"reserve", "reserve", "release", "spend", "spend", "decide", "redeem"}[random.IntN(7)], subject: random.IntN(subjects)}
	switch c.verb {
	case "spend":
		c.step = 101 + random.Int64N(8)
	case "decide":
		c.answer, c.device = []countersign.Decision{countersign.Approve, countersign.Deny}[random.IntN(2)], random.IntN(2)
	}
	return c
}

func kindOf(err error) error {
	for _, kind := range sentinels {
		if kind != nil && errors.Is(err, kind) {
			return kind
		}
	}
	return err
}

// model is what one caller alone would see. A denial ends the siblings of its
// source, so requests are one subject together; all else is apart.
func model(limits countersign.Limits, now time.Time) porcupine.Model {
	type decided struct {
		states [subjects]countersign.ApprovalState
		phones [subjects]int
	}
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			parts := map[string][]porcupine.Operation{}
			for _, op := range history {
				c := op.Input.(call)
				key := strings.Replace(c.verb, "release", "reserve", 1)
				if c.verb != "decide" {
					key += strconv.Itoa(c.subject)
				}
				parts[key] = append(parts[key], op)
			}
			var out [][]porcupine.Operation
			for _, part := range parts {
				out = append(out, part)
			}
			return out
		},
		Init: func() any { return nil },
		Step: func(state, input, output any) (bool, any) {
			c, got := input.(call), output.(reply)
			switch c.verb {
			case "reserve", "release":
				before, _ := state.(countersign.Throttle)
				if c.verb == "release" {
					return got.err == nil, countersign.Throttle{}
				}
				after, allowed := before.Reserve(now, limits)
				return got.err == nil && got.allowed == allowed && got.failures == after.Failures, after
			case "spend":
				last := int64(100)
				if state != nil {
					last = state.(int64)
				}
				if c.step > last {
					return got.err == nil, c.step
				}
				return got.err == countersign.ErrSpent, last
			case "decide":
				now, _ := state.(decided)
				if was := now.states[c.subject]; was != "" {
					if was == c.answer.State() && now.phones[c.subject] == c.device {
						return got.err == nil && got.repeated && got.state == was, now
					}
					return got.err == countersign.ErrOver && got.state == was, now
				}
				now.states[c.subject], now.phones[c.subject] = c.answer.State(), c.device
				if c.answer == countersign.Deny {
					for i, other := range now.states {
						if other == "" {
							now.states[i], now.phones[i] = countersign.ApprovalEnded, -1
						}
					}
				}
				return got.err == nil && !got.repeated && got.state == c.answer.State(), now
			}
			if state == nil {
				return got.err == nil, true
			}
			return got.err == countersign.ErrSpent, true
		},
	}
}
