"""Checkpoints give back what was saved, or say what is wrong."""

import os
import zipfile
from collections import namedtuple

import numpy as np
import pytest
from support import same

from optlib import load, save


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_containers_shapes_and_types_come_back(tmp_path, dtype):
    a, b = np.ones((2, 3), dtype), np.asarray(2.5, dtype)
    x = {"layer/0": a, "index": [b, (a * 2,)]}
    state = {"layer/0": {"m": a, "v": a}, "index": [{"m": b}, ({},)]}
    save(tmp_path / "c.npz", x, state, {"layer/0": 3, "index": [4, (5,)]})
    x2, state2, t2 = load(tmp_path / "c.npz")
    assert same(x2["layer/0"], a) and same(x2["index"][0], b) and same(x2["index"][1][0], a * 2)
    assert same(state2["layer/0"]["v"], a) and state2["index"][1] == ({},)
    assert t2 == {"layer/0": 3, "index": [4, (5,)]}


def test_no_pickle_is_needed_or_accepted(tmp_path):
    save(tmp_path / "c.npz", np.ones(2), {}, 1)
    with np.load(tmp_path / "c.npz", allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file.files} == {"f", "U"}
    np.savez(tmp_path / "evil.npz", index=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="is not a checkpoint"):
        load(tmp_path / "evil.npz")


@pytest.mark.parametrize(
    "bad", [np.ones(2, object), np.ones(2, complex), np.ones(2, bool), "text", None, 1.5, True]
)
def test_what_cannot_be_saved_leaves_the_old_file_alone(tmp_path, bad):
    path = tmp_path / "c.npz"
    save(path, np.ones(2), {}, 1)
    before = path.read_bytes()
    with pytest.raises(TypeError, match="cannot save"):
        save(path, bad, {}, 2)
    with pytest.raises(TypeError, match="strings as keys"):
        save(path, {1: np.ones(2)}, {}, 2)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04 truncated"])
def test_a_damaged_file_is_named(tmp_path, content):
    path = tmp_path / "c.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"c\.npz is not a checkpoint"):
        load(path)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "missing.npz")
    np.savez(tmp_path / "other.npz", weights=np.ones(3))
    with pytest.raises(ValueError, match="is not a checkpoint"):
        load(tmp_path / "other.npz")


def written(path):
    rng = np.random.default_rng(0)
    x = {"kernel": rng.standard_normal((4, 3)), "bias": np.zeros(3, np.float32)}
    save(path, x, {k: {"m": a, "v": a * a} for k, a in x.items()}, {"kernel": 3, "bias": 2})
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(3))
def test_a_flipped_bit_is_refused_by_value_error_alone_or_changes_nothing(tmp_path, seed):
    path = tmp_path / "c.npz"
    good, rng = written(path), np.random.default_rng(seed)
    before = load(path)
    for _ in range(500):
        bad = bytearray(good)
        bad[rng.integers(len(bad))] ^= 1 << rng.integers(8)
        path.write_bytes(bad)
        try:
            after = load(path)
        except ValueError:
            continue
        assert repr(after) == repr(before)


@pytest.mark.parametrize("compressed", [False, True])
def test_members_that_save_does_not_write_are_not_read(tmp_path, compressed):
    path = tmp_path / "bomb.npz"
    write = np.savez_compressed if compressed else np.savez
    write(
        path, index=np.array('[{"array": "array0"}, {"dict": {}}, {"int": 1}]'), array0=np.zeros(9)
    )
    if compressed:
        with pytest.raises(ValueError, match="unknown member"):
            load(path)
    else:
        assert same(load(path)[0], np.zeros(9))


def test_an_index_nested_too_deeply_is_refused(tmp_path):
    path = tmp_path / "deep.npz"
    for depth in (200, 100_000):
        part = '{"list": [' * depth + '{"int": 1}' + "]}" * depth
        np.savez(path, index=np.array(f"[{part}, {part}, {part}]"))
        with pytest.raises(ValueError, match="is not a checkpoint"):
            load(path)


def test_what_load_would_refuse_is_never_written_over_a_good_file(tmp_path):
    Point = namedtuple("Point", "x y")
    path = tmp_path / "c.npz"
    good = written(path)
    for bad in (Point(np.ones(2), np.ones(2)), [Point(np.ones(2), 1)], np.ma.ones(2)):
        with pytest.raises(TypeError, match="cannot save"):
            save(path, bad, {}, 1)
        assert path.read_bytes() == good


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_comes_back_in_its_order_and_can_be_written(tmp_path, shape, order):
    x = np.arange(np.prod(shape), dtype=float).reshape(shape).copy(order=order)
    save(tmp_path / "c", x, {}, np.int64(2))
    back, _, t = load(tmp_path / "c")
    assert same(back, x) and back.strides == x.strides and back.flags.writeable
    assert type(t) is int


def nested(around, value, depth):
    for _ in range(depth):
        value = around(value)
    return value


@pytest.mark.parametrize(
    ("around", "written"),
    [
        (lambda value: [value], '{"list": [%s]}'),
        (lambda value: (value,), '{"tuple": [%s]}'),
        (lambda value: {"a": value}, '{"dict": {"a": %s}}'),
    ],
    ids=["list", "tuple", "dict"],
)
def test_containers_up_to_a_hundred_deep_come_back(tmp_path, around, written):
    path, x = tmp_path / "c", np.ones(2)
    save(path, nested(around, x, 100), {}, 1)
    assert repr(load(path)[0]) == repr(nested(around, x, 100))
    with pytest.raises(TypeError, match="more than 100 deep"):
        save(path, nested(around, x, 101), {}, 1)
    part = nested(lambda inner: written % inner, '{"int": 1}', 101)
    np.savez(tmp_path / "deep.npz", index=np.array(f"[{part}, {part}, {part}]"))
    with pytest.raises(ValueError, match="nested too deeply"):
        load(tmp_path / "deep.npz")


@pytest.mark.parametrize("fault", ["truncated", "refused"])
def test_what_cannot_be_read_back_never_takes_the_place_of_a_good_file(
    tmp_path, monkeypatch, fault
):
    path = tmp_path / "c.npz"
    good = written(path)

    def savez(file, **arrays):
        file.write(b"half of it")
        if fault == "refused":
            raise OSError("no space left")

    monkeypatch.setattr(np, "savez", savez)
    with pytest.raises((OSError, ValueError), match="no space left|is not a checkpoint"):
        save(path, np.ones(2), {}, 1)
    assert path.read_bytes() == good and list(tmp_path.iterdir()) == [path]


def test_all_bytes_are_on_the_disk_before_the_name_is_given(tmp_path, monkeypatch):
    path, seen, handles = tmp_path / "c.npz", [], []
    fsync, replace, close = os.fsync, os.replace, os.close

    def synced(handle):
        seen.append(os.fstat(handle).st_size)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", lambda *names: seen.append("named") or replace(*names))
    monkeypatch.setattr(os, "close", lambda handle: handles.append(handle) or close(handle))
    save(path, np.ones(1000), {}, 1)
    assert seen[:2] == [path.stat().st_size, "named"] and len(seen) == 3 and len(handles) == 1


def test_a_system_that_cannot_settle_a_folder_saves_all_the_same(tmp_path, monkeypatch):
    def refuse(*arguments):
        raise PermissionError("a folder")

    monkeypatch.setattr(os, "open", refuse)
    save(tmp_path / "c", np.ones(2), {}, 1)
    assert same(load(tmp_path / "c")[0], np.ones(2))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ('{"int": 1.5}', "unknown part 'int'"),
        ('{"int": true}', "unknown part 'int'"),
        ('{"set": [1]}', "unknown part 'set'"),
        ('{"array": "array9"}', "array9"),
        ('{"int": 1, "dict": {}}', "ValueError"),
        ("[]", "list"),
    ],
)
def test_an_index_of_other_parts_is_refused(tmp_path, part, words):
    np.savez(tmp_path / "c.npz", index=np.array(f'[{part}, {{"dict": {{}}}}, {{"int": 1}}]'))
    with pytest.raises(ValueError, match=f"is not a checkpoint.*{words}"):
        load(tmp_path / "c.npz")


@pytest.mark.parametrize(
    ("name", "version", "body", "words"),
    [
        ("array0.npy", (2, 0), b"", "in version"),
        ("array0.npy", (1, 0), b"more", "do not fit shape"),
        ("array0.txt", (1, 0), b"", "unknown member 'array0.txt'"),
    ],
)
def test_members_in_another_form_are_refused(tmp_path, name, version, body, words):
    path = tmp_path / "c.npz"
    np.savez(path, index=np.array('[{"array": "array0"}, {"dict": {}}, {"int": 1}]'))
    with zipfile.ZipFile(path, "a") as file, file.open(name, "w") as member:
        np.lib.format.write_array(member, np.ones(3), version)
        member.write(body)
    with pytest.raises(ValueError, match=f"is not a checkpoint.*{words}"):
        load(path)


def test_a_checkpoint_is_a_file_by_its_path():
    for call in (lambda: save(3, np.ones(2), {}, 1), lambda: load(open)):
        with pytest.raises(TypeError, match="give its path"):
            call()
