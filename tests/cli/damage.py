#!/usr/bin/python3
"""Damages a log's folder, for scripts.

Usage: damage.py [--unnoticed] FOLDER OLD NEW

Replaces the text OLD by NEW, which is as long, in the files of FOLDER. The store's own
checksums notice that. With --unnoticed they are made to fit again in RocksDB's
write-ahead log, where everything is until the next start: what remains to notice it
is the log's own hashes.

The layout is that of RocksDB's db/log_format.h: blocks of 32 KiB; records of
checksum (4 bytes), length (2), type (1) and payload.
"""
import pathlib
import struct
import sys

BLOCK = 32768
HEADER = 7
MASK = 0xA282EAD8


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc32c_table()


def masked_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + MASK) & 0xFFFFFFFF


def repair(held):
    """Gives every record of a write-ahead log the checksum of its payload."""
    at = 0
    while at + HEADER <= len(held):
        left = BLOCK - at % BLOCK
        length, kind = struct.unpack_from("<HB", held, at + 4)
        if left < HEADER or kind == 0:
            at += left
            continue
        end = at + HEADER + length
        struct.pack_into("<I", held, at, masked_crc32c(held[at + 6:end]))
        at = end


def main(argv):
    unnoticed = "--unnoticed" in argv
    folder, old, new = [a for a in argv[1:] if a != "--unnoticed"]
    assert len(old) == len(new)
    hits = 0
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file() or (unnoticed and path.suffix != ".log"):
            continue
        held = path.read_bytes()
        if old.encode() not in held:
            continue
        hits += 1
        held = bytearray(held.replace(old.encode(), new.encode()))
        if unnoticed:
            repair(held)
        path.write_bytes(held)
    if hits == 0:
        print("nothing to damage")
    return 0 if hits else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
