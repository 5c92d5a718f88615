package bus

import (
	"sync"
	"testing"

	countersign "github.com/countersign-id/countersign"
)

func TestAWakeUpReachesEveryWaiterOfItsTopicAndNoOther(t *testing.T) {
	b := New()
	one, leaveOne := b.Wait("account/a")
	two, leaveTwo := b.Wait("account/a", "signin/s")
	other, leaveOther := b.Wait("account/b")
	defer leaveTwo()
	defer leaveOther()
	b.Wake("account/a")
	b.Wake("account/a")
	<-one
	<-two
	select {
	case <-one:
		t.Error("two wake-ups before a look were delivered twice")
	case <-other:
		t.Error("another topic was woken")
	default:
	}
	leaveOne()
	b.Wake("account/a", "signin/s")
	<-two
	select {
	case <-one:
		t.Error("a waiter who left was woken")
	default:
	}
}

func TestClosingEndsEveryWait(t *testing.T) {
	b := New()
	woken, leave := b.Wait("x", "y")
	b.Close()
	if _, open := <-woken; open {
		t.Error("the wait went on after Close")
	}
	leave()
	b.Close()
	b.Wake("x")
	late, leaveLate := b.Wait("x")
	defer leaveLate()
	if _, open := <-late; open {
		t.Error("a wait began after Close")
	}
}

func TestManyWaitersComeAndGo(t *testing.T) {
	b := New()
	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			topic := countersign.Topic([]string{"a", "b"}[i%2])
			for range 100 {
				woken, leave := b.Wait(topic)
				b.Wake(topic)
				<-woken
				leave()
			}
		})
	}
	group.Wait()
	if n := b.Waiting("a") + b.Waiting("b"); n != 0 {
		t.Errorf("%d waiters were left behind", n)
	}
}
