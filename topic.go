package countersign

// Topic names what changed, for those who wait for it. A wake-up carries no
// content: whoever is woken reads the stored state again, so that a lost or a
// doubled wake-up loses and doubles nothing.
type Topic string

// AccountTopic wakes the live channels of an account's phones.
func AccountTopic(accountID string) Topic { return Topic("account/" + accountID) }

// SignInTopic wakes the page of one sign-in.
func SignInTopic(signInID string) Topic { return Topic("signin/" + signInID) }

// BindingTopic wakes the page on which a phone is being added.
func BindingTopic(bindingID string) Topic { return Topic("binding/" + bindingID) }
