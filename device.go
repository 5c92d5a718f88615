package countersign

import "time"

// Platform is the kind of device, as it declares itself. It is policy, not
// cryptography.
type Platform string

// The platforms. Desktop is the terminal and desktop browsers.
const (
	IOS     Platform = "ios"
	Android Platform = "android"
	Desktop Platform = "desktop"
)

// Known reports whether p is one of the three.
func (p Platform) Known() bool { return p == IOS || p == Android || p == Desktop }

// DeviceState is where a device is on its way.
//
//	pending ──safety code──▶ active ──remove──▶ revoked
//	   └───────binding dies─────────────────────▶ revoked
type DeviceState string

// The states of a device.
const (
	DevicePending DeviceState = "pending"
	DeviceActive  DeviceState = "active"
	DeviceRevoked DeviceState = "revoked"
)

// Device is one installation of an authenticator, enrolled for one account.
type Device struct {
	ID        string
	AccountID string
	Name      string
	Platform  Platform
	Version   string // of the app
	Key       []byte // P-256, uncompressed point, 65 bytes
	State     DeviceState
	Created   time.Time
	Seen      time.Time
}
