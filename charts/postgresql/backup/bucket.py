"""Copies dumps of a database between a folder and a bucket: "put" or "get".

A dump is what dump.sh writes, the files .dump, .census and .sha256 of one name. In the bucket it is complete when it
has its .sha256, which is put last. "put" needs a key that may add objects and nothing else; "get" one that lists and
reads.

With KEY_FILE, the .dump is encrypted before it leaves and called .dump.enc: by AES-256-CBC with a key of PBKDF2, as
OpenSSL writes it, so that nobody depends on this script to read it:

    openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000 -md sha256 -pass file:KEY -in NAME.dump.enc -out NAME.dump

CBC does not notice a change; the digests in .sha256 are those of the plain files, and what restores a dump compares
them.

Reads: BUCKET; PREFIX, what the objects' names start with; PGDATABASE; BACKUP_FOLDER; KEY_FILE, if encrypted; for "get"
DUMP, such as "mlflowdb-20260131T030000Z", or nothing for the newest; ADDRESSING_STYLE, "path" or "virtual"; and the
variables of boto3, which say where the bucket is and who asks.
"""

import os
import sys
from pathlib import Path

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

ITERATIONS = 600_000  # OWASP's number for PBKDF2 with SHA-256
SALTED = b"Salted__"  # what OpenSSL writes before the salt
BLOCK = 16
CHUNK = 1 << 20
TRANSFER = TransferConfig(max_concurrency=2)  # each takes the memory of a part, 8 MiB

bucket = os.environ["BUCKET"]
prefix = os.environ["PREFIX"]
database = os.environ["PGDATABASE"]
folder = Path(os.environ["BACKUP_FOLDER"])
key_file = os.environ.get("KEY_FILE")
s3 = boto3.client("s3", config=Config(s3={"addressing_style": os.environ["ADDRESSING_STYLE"]}))
place = f"{s3.meta.endpoint_url}/{bucket}/{prefix}"  # where a dump is stored, in a file beside it


def cipher(salt):
    """AES with the key and the vector that OpenSSL takes from the first line of the file and the salt."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    passphrase = Path(key_file).read_bytes().split(b"\n")[0]
    if not passphrase:
        sys.exit(f"{key_file} has no key")
    derived = PBKDF2HMAC(SHA256(), 32 + BLOCK, salt, ITERATIONS).derive(passphrase)
    return Cipher(algorithms.AES(derived[:32]), modes.CBC(derived[32:]))


class Encrypted:
    """A file that is encrypted while it is read, for an upload of any size."""

    def __init__(self, path):
        salt = os.urandom(8)
        self.file = open(path, "rb")
        self.encryptor = cipher(salt).encryptor()
        self.ready = SALTED + salt
        self.ended = False

    def read(self, size=-1):
        while not self.ended and (size < 0 or len(self.ready) < size):
            chunk = self.file.read(CHUNK)
            self.ended = len(chunk) < CHUNK
            # The padding of PKCS #7, which the last block always has.
            missing = BLOCK - len(chunk) % BLOCK
            self.ready += self.encryptor.update(chunk + bytes([missing]) * missing if self.ended else chunk)
        end = len(self.ready) if size < 0 else size
        data, self.ready = self.ready[:end], self.ready[end:]
        return data


def decrypt(body, path):
    header = body.read(len(SALTED) + 8)
    if not header.startswith(SALTED):
        sys.exit(f"{path.stem} is not encrypted as it should be")
    decryptor = cipher(header[len(SALTED) :]).decryptor()
    with open(path, "wb") as file:
        last = b""
        for chunk in body.iter_chunks(CHUNK):
            file.write(last)
            last = decryptor.update(chunk)
        padding = last[-1] if last else 0
        if not 1 <= padding <= BLOCK or last[-padding:] != bytes([padding]) * padding:
            sys.exit(f"{path.stem} does not open with this key: is it the key that it was made with?")
        file.write(last[:-padding])


def put():
    """Puts every dump that is not there yet: one that failed to arrive goes with the next."""
    for dump in sorted(folder.glob(f"{database}-*.dump")):
        stored = dump.with_suffix(".stored")
        census, digests = dump.with_suffix(".census"), dump.with_suffix(".sha256")
        if not digests.exists() or (stored.exists() and stored.read_text() == place):
            continue
        if key_file:
            s3.upload_fileobj(Encrypted(dump), bucket, f"{prefix}{dump.name}.enc", Config=TRANSFER)
        else:
            s3.upload_file(str(dump), bucket, prefix + dump.name, Config=TRANSFER)
        for path in (census, digests):
            s3.upload_file(str(path), bucket, prefix + path.name)
        stored.write_text(place)
        print(f"put {dump.name} into {bucket}{', encrypted' if key_file else ''}")


def get():
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}{database}-")
    names = {entry["Key"][len(prefix) :] for page in pages for entry in page.get("Contents", [])}
    complete = sorted(name[: -len(".sha256")] for name in names if name.endswith(".sha256"))
    wanted = os.environ.get("DUMP") or (complete[-1] if complete else "")
    dump = folder / f"{wanted}.dump"
    if wanted and dump.exists():
        print(f"{dump.name} is there")
        return
    if wanted not in complete:
        known = ", ".join(complete[-10:]) or "none"
        sys.exit(f"{bucket} has no dump {wanted or f'of {database}'}; the newest that it has: {known}")
    # As dump.sh does it: the .dump gets its name last.
    partial = dump.with_suffix(".dump.partial")
    if f"{dump.name}.enc" in names:
        if not key_file:
            sys.exit(f"{dump.name} is encrypted, and there is no key")
        decrypt(s3.get_object(Bucket=bucket, Key=f"{prefix}{dump.name}.enc")["Body"], partial)
    else:
        s3.download_file(bucket, prefix + dump.name, str(partial), Config=TRANSFER)
    for suffix in (".census", ".sha256"):
        s3.download_file(bucket, f"{prefix}{wanted}{suffix}", str(dump.with_suffix(suffix)))
    dump.with_suffix(".stored").write_text(place)
    partial.rename(dump)
    print(f"got {dump.name}")


if __name__ == "__main__":
    {"put": put, "get": get}[sys.argv[1]]()
