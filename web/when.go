package web

import (
	"math"
	"strings"
	"time"
)

// ago is a time as people say it. It needs no time zone until a day has
// passed, and then the day alone.
func ago(now, t time.Time) string {
	passed := now.Sub(t)
	switch {
	case t.IsZero():
		return say("when.never")
	case passed < time.Minute:
		return say("when.now")
	case passed < 2*time.Minute:
		return say("when.minute")
	case passed < time.Hour:
		return say("when.minutes", int(passed.Minutes()))
	case passed < 2*time.Hour:
		return say("when.hour")
	case passed < 24*time.Hour:
		return say("when.hours", int(passed.Hours()))
	case passed < 48*time.Hour:
		return say("when.yesterday")
	case passed < 7*24*time.Hour:
		return say("when.days", int(passed.Hours()/24))
	}
	return day(now, t)
}

func day(now, t time.Time) string {
	t = t.In(now.Location())
	month := say("month." + strings.ToLower(t.Format("Jan")))
	if t.Year() == now.Year() {
		return say("when.day", t.Day(), month)
	}
	return say("when.day-year", t.Day(), month, t.Year())
}

// lasting is how long something still goes on.
func lasting(now, until time.Time) string {
	minutes := int(math.Ceil(until.Sub(now).Minutes()))
	switch {
	case minutes <= 1:
		return say("when.for-minute")
	case minutes <= 50:
		return say("when.for-minutes", minutes)
	}
	return say("when.for-hour")
}

// untilClock is a moment by the server's clock, with its zone: the browser's
// may be another, and a page without script cannot know it.
func untilClock(now, t time.Time) string {
	return say("when.until", t.In(now.Location()).Format("15:04:05 MST"))
}
