"""Write the data that ship with ``optlib``: small images of digits, and the text of a book.

Run in an environment of its own that has scikit-learn, beside the source archive of Brotli, whose
tests hold the text; ``optlib/problems/data/SOURCES.md`` says where both come from:

    python -m venv scratch
    scratch/bin/pip install scikit-learn==1.9.1
    scratch/bin/pip download --no-deps --no-binary :all: brotli==1.2.1
    scratch/bin/python tools/data.py brotli-1.2.1.tar.gz
"""

import argparse
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent.parent / "optlib" / "problems" / "data"
BOOK = "tests/testdata/alice29.txt"
BOOK_SHA256 = "7467306ee0feed4971260f3c87421154a05be571d944e9cb021a5713700c38f0"
# Stands in the archive in place of the time of writing: the same data give the same file.
EPOCH = (1980, 1, 1, 0, 0, 0)


def write_digits(path):
    """Store the images, their labels and the version of scikit-learn that they were read from."""
    import sklearn
    from sklearn.datasets import load_digits

    digits = load_digits()
    arrays = {
        "images": digits.images.astype(np.uint8),
        "labels": digits.target.astype(np.uint8),
        "scikit_learn": np.array(sklearn.__version__),
    }
    assert np.array_equal(arrays["images"], digits.images)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.save(buffer, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", EPOCH)
            archive.writestr(entry, buffer.getvalue(), zipfile.ZIP_DEFLATED, 9)


def write_book(archive, path):
    """Store the chapters of the book, without the title page and with today's ends of lines."""
    with tarfile.open(archive) as tar:
        name = next(n for n in tar.getnames() if n.endswith(BOOK))
        raw = tar.extractfile(name).read()
    if (found := hashlib.sha256(raw).hexdigest()) != BOOK_SHA256:
        raise ValueError(f"{name} is another text: its SHA-256 is {found}")
    lines = [line.strip("\x1a").rstrip() for line in raw.decode("ascii").split("\r\n")]
    start = next(k for k, line in enumerate(lines) if "CHAPTER I" in line)
    text = "\n".join(lines[start:]).strip() + "\n"
    path.write_text(text, encoding="ascii", newline="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=Path, help="the source archive of Brotli")
    options = parser.parse_args()
    write_digits(DATA / "digits.npz")
    write_book(options.archive, DATA / "alice.txt")


if __name__ == "__main__":
    main()
