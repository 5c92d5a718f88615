package countersign

import "errors"

// The sentinels that every floor shares. They are wrapped on the way up; web
// alone turns them into people's words.
var (
	ErrNotFound    = errors.New("not found")
	ErrNameTaken   = errors.New("the name is taken")
	ErrSpent       = errors.New("spent already")
	ErrExpired     = errors.New("expired")
	ErrOver        = errors.New("over already")      // a request that was decided or ended
	ErrThrottled   = errors.New("too many attempts") // refused before comparing
	ErrWrong       = errors.New("does not match")    // compared, and wrong
	ErrSignature   = errors.New("signature refused") // no attempt was counted
	ErrLocked      = errors.New("account locked")
	ErrPending     = errors.New("device not confirmed yet")
	ErrMalformed   = errors.New("malformed")
	ErrClockOff    = errors.New("the caller's clock is off")
	ErrUnavailable = errors.New("the store cannot be reached")
	ErrNotEnough   = errors.New("not enough has been proved")
	ErrStale       = errors.New("proved too long ago")
	ErrForeign     = errors.New("belongs to another browser")
	ErrSchemaNewer = errors.New("the database was written by a newer version")
)
