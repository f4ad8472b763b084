// Reads a log with the Go ecosystem's own note and tile client, which nobody here
// wrote: golang.org/x/mod/sumdb/note and tlog.
//
// Usage: readlog REAL_LOG BIN
//
// Starts sightlined (tests/conformance/real_log.sh), has its log grow through ten
// sizes, and verifies over HTTP: each checkpoint's signature; that each tree is
// consistent with every one before it; every record of the last against the tree's
// hash; and the inclusion proofs of some.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	proofEvery = 499
)

var sizes = []int64{1, 2, 255, 256, 257, 4096, 65535, 65536, 65537, 70000}

// server is a log in a process of its own, as real_log.sh runs it.
type server struct {
	url    string
	vkey   string
	input  io.WriteCloser
	output *bufio.Reader
	cmd    *exec.Cmd
}

func start(command []string) (*server, error) {
	s := &server{cmd: exec.Command(command[0], command[1:]...)}
	s.cmd.Stderr = os.Stderr
	var err error
	if s.input, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.output = bufio.NewReader(output)
	for _, to := range []*string{&s.url, &s.vkey} {
		if *to, err = s.readLine(); err != nil {
			s.stop()
			return nil, fmt.Errorf("the log did not start: %v", err)
		}
	}
	return s, nil
}

func (s *server) readLine() (string, error) {
	line, err := s.output.ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}

func (s *server) grow(size int64) error {
	fmt.Fprintf(s.input, "%d\n", size)
	line, err := s.readLine()
	if err != nil {
		return err
	}
	if want := fmt.Sprintf("size %d", size); line != want {
		return fmt.Errorf("the server says %q, want %q", line, want)
	}
	return nil
}

// stop lets the log end, and says if it did not end well.
func (s *server) stop() error {
	s.input.Close()
	return s.cmd.Wait()
}

var client = http.Client{Timeout: time.Minute}

func get(url string) ([]byte, error) {
	response, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, response.Status)
	}
	return body, nil
}

// tiles is a tlog.TileReader over HTTP. It keeps what TileHashReader has verified.
type tiles struct {
	url  string
	kept map[tlog.Tile][]byte
}

func (t *tiles) Height() int { return tileHeight }

func (t *tiles) ReadTiles(want []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(want))
	for i, tile := range want {
		if kept, ok := t.kept[tile]; ok {
			data[i] = kept
			continue
		}
		// The Go checksum database has the height in the path, c2sp.org/tlog-tiles
		// does not; everything after it is the same.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		body, err := get(t.url + "/" + path)
		if err != nil {
			return nil, err
		}
		data[i] = body
	}
	return data, nil
}

func (t *tiles) SaveTiles(saved []tlog.Tile, data [][]byte) {
	for i, tile := range saved {
		t.kept[tile] = data[i]
	}
}

// readTree returns the tree of the newest checkpoint, its signature verified.
func readTree(url string, verifier note.Verifier) (tlog.Tree, error) {
	var tree tlog.Tree
	text, err := get(url + "/checkpoint")
	if err != nil {
		return tree, err
	}
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tree, fmt.Errorf("checkpoint text %q", signed.Text)
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	hash, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil {
		return tree, err
	}
	if copy(tree.Hash[:], hash) != len(tree.Hash) || len(hash) != len(tree.Hash) {
		return tree, errors.New("root hash of the wrong length")
	}
	return tree, nil
}

// readBundle returns the records of entry bundle `index` in a tree of `size`.
func readBundle(url string, index, size int64) ([][]byte, error) {
	width := size - index*tileWidth
	if width > tileWidth {
		width = tileWidth
	}
	// An entry bundle's path is that of the level -1 tile, by another name.
	tile := tlog.Tile{H: tileHeight, L: 0, N: index, W: int(width)}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	body, err := get(url + "/" + path)
	if err != nil {
		return nil, err
	}
	var records [][]byte
	for len(body) >= 2 {
		length := 2 + int(binary.BigEndian.Uint16(body))
		if length > len(body) {
			break
		}
		records = append(records, body[2:length])
		body = body[length:]
	}
	if len(body) != 0 || int64(len(records)) != width {
		return nil, fmt.Errorf("%s: %d records and %d bytes, want %d records", path, len(records), len(body), width)
	}
	return records, nil
}

// checkRecords verifies every record against the tree's hash.
func checkRecords(url string, tree tlog.Tree, hashes tlog.HashReader) error {
	for index := int64(0); index*tileWidth < tree.N; index++ {
		records, err := readBundle(url, index, tree.N)
		if err != nil {
			return err
		}
		var places []int64
		for i := range records {
			places = append(places, tlog.StoredHashIndex(0, index*tileWidth+int64(i)))
		}
		// ReadHashes verifies the tiles that it reads against the tree's hash.
		want, err := hashes.ReadHashes(places)
		if err != nil {
			return err
		}
		for i, record := range records {
			n := index*tileWidth + int64(i)
			hash := tlog.RecordHash(record)
			if hash != want[i] {
				return fmt.Errorf("record %d hashes to %v, the tree has %v", n, hash, want[i])
			}
			if n%proofEvery != 0 && n != tree.N-1 {
				continue
			}
			proof, err := tlog.ProveRecord(tree.N, n, hashes)
			if err != nil {
				return err
			}
			if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, hash); err != nil {
				return fmt.Errorf("record %d: %v", n, err)
			}
		}
	}
	return nil
}

// read has the log grow, and verifies each of its trees, and all of the last.
func read(server *server) error {
	verifier, err := note.NewVerifier(server.vkey)
	if err != nil {
		return err
	}
	var trees []tlog.Tree
	var hashes tlog.HashReader
	proofs := 0
	for _, size := range sizes {
		if err := server.grow(size); err != nil {
			return err
		}
		tree, err := readTree(server.url, verifier)
		if err != nil {
			return err
		}
		if tree.N != size {
			return fmt.Errorf("checkpoint of %d leaves, want %d", tree.N, size)
		}
		hashes = tlog.TileHashReader(tree, &tiles{server.url, map[tlog.Tile][]byte{}})
		for _, old := range trees {
			proof, err := tlog.ProveTree(tree.N, old.N, hashes)
			if err != nil {
				return err
			}
			if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
				return fmt.Errorf("%d to %d: %v", old.N, tree.N, err)
			}
			proofs++
		}
		trees = append(trees, tree)
	}
	last := trees[len(trees)-1]
	if err := checkRecords(server.url, last, hashes); err != nil {
		return err
	}
	fmt.Printf("%d checkpoints, %d consistency proofs, %d records verified\n", len(trees), proofs, last.N)
	return nil
}

func run(command []string) error {
	server, err := start(command)
	if err != nil {
		return err
	}
	err = read(server)
	if ended := server.stop(); err == nil {
		err = ended
	}
	return err
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: readlog REAL_LOG BIN")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "readlog:", err)
		os.Exit(1)
	}
}
