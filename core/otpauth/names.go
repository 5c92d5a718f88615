package otpauth

import "strings"

// parseNames finds issuer and label. issuers are the issuer parameter's
// possible readings, the likelier first, or none.
func parseNames(label string, issuers ...string) (issuer, account string) {
	label = trim(label)
	if len(issuers) == 0 || trim(issuers[0]) == "" {
		before, after, found := strings.Cut(label, ":")
		if !found {
			return "", label
		}
		return trim(before), trim(after)
	}
	for _, candidate := range issuers {
		candidate = trim(candidate)
		if after, found := cutIssuer(label, candidate); found {
			return candidate, after
		}
	}
	// Microsoft's links, for one: the label says whose account, the issuer
	// whose sign-in. Both stay.
	return trim(issuers[0]), label
}

func cutIssuer(label, issuer string) (account string, found bool) {
	after, found := strings.CutPrefix(label, issuer)
	if !found {
		return "", false
	}
	after, found = strings.CutPrefix(strings.TrimLeft(after, " "), ":")
	return trim(after), found
}

// formatNames is the label of a link, in which parseNames finds the same
// names again.
func formatNames(issuer, account string) string {
	if issuer == "" && !strings.Contains(account, ":") {
		return encode(account)
	}
	// An empty issuer keeps the colon, so that the account's own colon is not
	// taken for the one that ends an issuer.
	return encode(issuer) + ":" + encode(account)
}

// trim takes off what the format's grammar allows around names: spaces alone.
func trim(s string) string { return strings.Trim(s, " ") }
