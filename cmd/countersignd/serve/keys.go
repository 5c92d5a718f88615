package serve

import (
	"fmt"
	"os"

	"github.com/countersign-id/countersign/store"
)

// openKeys makes the folder and the key file on the first start. A database
// without its key file is refused by the store: a fresh key would open
// nothing that is sealed in it (check L3).
func openKeys(c Config) (*store.Keyring, error) {
	if err := os.MkdirAll(c.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder: %w", err)
	}
	return store.OpenKeyring(c.KeyFile())
}
