package approval

// Describe names the browser and the system of a User-Agent in the words that
// a phone is shown, for pages that list browsers.
func Describe(agent string) (browser, system string) { return describe(agent) }
