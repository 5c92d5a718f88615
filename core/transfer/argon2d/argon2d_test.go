package argon2d

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"testing"
)

func TestRFC9106Section5_1(t *testing.T) {
	const want = "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb"
	got, err := Key(context.Background(),
		bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 16), bytes.Repeat([]byte{3}, 8), bytes.Repeat([]byte{4}, 12),
		3, 32, 4, 32)
	if err != nil || hex.EncodeToString(got) != want {
		t.Errorf("Key = %x, %v; want %s", got, err, want)
	}
}

func TestAnEndedContextStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Key(ctx, nil, nil, nil, nil, 1, 8, 1, 32); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
}

func BenchmarkKey64MiB(b *testing.B) {
	for b.Loop() {
		if _, err := Key(context.Background(), []byte("p"), make([]byte, 16), nil, nil, 2, 64<<10, 2, 32); err != nil {
			b.Fatal(err)
		}
	}
}
