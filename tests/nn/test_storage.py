"""Saved networks come back bit by bit; damaged and hostile files are refused by name; saving is all or nothing."""

import json
import math
import os
import pickle
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from autograd import Op, Value, ops
from nn import MLP, SGD, Adam, Layer, Module, Neuron, cross_entropy, load, losses, save

swish = Op("swish", value=lambda z: z * ops.sigmoid(z), derivatives=[lambda a, z: a + ops.sigmoid(z) * (1 - a)])
bent = Op("bent", lambda z, k: k * z, [lambda a, z, k: k], settings={"k": 2.0})
MODELS = [
    lambda: Neuron(3, "tanh", seed=0),
    lambda: Neuron(1, bias=False, seed=0),
    lambda: Layer(2, 3, "softmax", seed=0),
    lambda: MLP(2, [4, 3, 1], seed=0),
    lambda: MLP(3, [2, 2], ["gelu", "softmax"], bias=False, seed=0),
    lambda: MLP(2, [2, 2], [ops.leaky_relu.bind(slope=0.3), ops.exp], seed=0),
    lambda: MLP(2, [2, 1], swish, seed=0),
    lambda: MLP(2, [2, 1], bent.bind(k=3.0), seed=0),
]


def outputs(model, x):
    g = model(x)
    return [v.data for v in g] if isinstance(g, list) else [g.data]


def node_labels(model, x):
    g = model(x)
    return [v.label for v in (g if isinstance(g, list) else [g])]


@pytest.mark.parametrize("make", MODELS)
def test_a_network_goes_round(make, tmp_path):
    model, path = make(), tmp_path / "model.json"
    for number, parameter in zip([0.1, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3], model.parameters(), strict=False):
        parameter.data = number
    save(model, path)
    random.seed(3)
    state = random.getstate()
    again = load(path, ops=[swish, bent])
    assert random.getstate() == state
    assert type(again) is type(model)
    assert repr(again) == repr(model)
    assert [p.data.hex() for p in again.parameters()] == [p.data.hex() for p in model.parameters()]
    assert [p.label for p in again.parameters()] == [p.label for p in model.parameters()]
    assert {p.role for p in again.parameters()} == {"parameter"}
    for p, q in zip(model.parameters(), again.parameters(), strict=True):
        p.data = q.data = 0.5
    x = [0.5, -1.0, 2.0][: int(repr(model).split(" of ")[1].split()[0])]
    assert outputs(again, x) == outputs(model, x)
    assert node_labels(again, x) == node_labels(model, x)
    assert os.listdir(tmp_path) == ["model.json"]


BY_0_1 = Path(__file__).parent / "saved_by_0.1"
OLD = {
    "neuron": ("Neuron of 3 → tanh", ["-0x1.3d2b483b6cc1dp-1"]),
    "layer": ("Layer of 2 → 3 softmax", ["0x1.0a40eeaec9202p-3", "0x1.4dc4901d56218p-1", "0x1.beacd0dbde59ep-3"]),
    "network": ("MLP of 2 → 3 gelu → 2 relu → 1 identity (20 parameters)", ["-0x1.1000000000000p+1"]),
    "no_bias": ("MLP of 2 → 2 sigmoid → 1 identity, no bias (6 parameters)", ["-0x1.653f832072438p-2"]),
    "leaky": ("MLP of 2 → 2 leaky_relu → 1 identity (9 parameters)", ["-0x1.06cc5e1ade2f5p+1"]),
    "own": ("MLP of 2 → 2 swish → 1 identity (9 parameters)", ["-0x1.31ff0d5b3bf77p+0"]),
}


@pytest.mark.parametrize("name", OLD)
def test_what_version_0_1_saved_is_loaded_and_saved_the_same(name, tmp_path):
    shown, expected = OLD[name]
    model = load(BY_0_1 / f"{name}.json", ops=[swish])
    assert repr(model) == shown
    numbers = outputs(model, [0.5, -1.0, 2.0][: 3 if name == "neuron" else 2])
    assert numbers == pytest.approx([float.fromhex(x) for x in expected], rel=1e-14)
    save(model, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (BY_0_1 / f"{name}.json").read_bytes()
    if name == "leaky":
        assert model.layers[0].activation is ops.leaky_relu.bind(slope=0.3)


def document(path):
    save(MLP(2, [3, 1], seed=0), path)
    return json.loads(path.read_text())


def changed(*keys, to):
    def change(doc):
        inner = doc
        for key in keys[:-1]:
            inner = inner[key]
        if to is None:
            del inner[keys[-1]]
        else:
            inner[keys[-1]] = to

    return change


L0 = ("layers", 0)
FAULTS = [
    (changed("format", to="other"), "not a file of nn.save"),
    (changed("version", to=2), "version 2 is not one this program reads; it reads 1"),
    (changed("version", to=True), "version True is not one"),
    (changed("version", to=None), "version None is not one"),
    (changed("kind", to="Net"), '"kind" needs to be "MLP"'),
    (changed("kind", to="Layer"), '"kind" needs to be "MLP", or "Layer" or "Neuron" with a single one'),
    (changed("kind", to="Neuron"), '"kind" needs to be "MLP", or "Layer" or "Neuron" with a single one'),
    (changed("kind", to={}), '"kind" needs to be "MLP"'),
    (changed("extra", to=1), r"the file has the wrong keys; missing: \[\], unknown: \['extra'\]"),
    (changed("kind", to=None), r"the file has the wrong keys; missing: \['kind'\]"),
    (changed("layers", to=[]), '"layers" needs a list of at least one layer'),
    (changed("layers", to={"0": 1}), '"layers" needs a list of at least one layer'),
    (changed("layers", to=[1]), "layer 1 needs to be an object, got 1"),
    (changed(*L0, "w", to=None), r"layer 1 has the wrong keys; missing: \['w'\]"),
    (changed(*L0, "w", to=[]), "layer 1 needs w, a list of weights for each neuron"),
    (changed(*L0, "w", to=[[]]), "layer 1 needs w, a list of weights for each neuron"),
    (changed(*L0, "w", to=5), "layer 1 needs w, a list of weights for each neuron"),
    (changed(*L0, "w", to=[5]), "layer 1 needs w, a list of weights for each neuron"),
    (changed(*L0, "w", to={"0": [1.0]}), "layer 1 needs w, a list of weights for each neuron"),
    (changed(*L0, "w", 1, to=[1.0, 2.0, 3.0]), "layer 1, w of neuron 2 needs a list of 2 numbers, got 3 of them"),
    (changed(*L0, "w", 1, to=[1.0]), "layer 1, w of neuron 2 needs a list of 2 numbers, got 1 of them"),
    (changed(*L0, "w", 1, to="ab"), "layer 1, w of neuron 2 needs a list of 2 numbers, got 'ab'"),
    (changed(*L0, "w", 1, 0, to="1.0"), "layer 1, w of neuron 2 needs finite numbers, got '1.0'"),
    (changed(*L0, "w", 1, 0, to=True), "needs finite numbers, got True"),
    (changed(*L0, "w", 1, 0, to=[1.0]), r"needs finite numbers, got \[1.0\]"),
    (changed(*L0, "w", 1, 0, to=10**400), "needs finite numbers, got 1000"),
    (changed(*L0, "b", to=[1.0, 2.0]), "layer 1, b needs a list of 3 numbers, got 2 of them"),
    (changed(*L0, "b", 0, to=math.inf), "parameters need to be finite numbers, got Infinity"),
    (changed(*L0, "b", 0, to=math.nan), "parameters need to be finite numbers, got NaN"),
    (changed("layers", 1, "w", 0, to=[1.0]), "layer 2 has 1 weights per neuron, but layer 1 has 3 neurons"),
    (changed(*L0, "activation", to="relu"), "the activation of layer 1 needs to be an object, got 'relu'"),
    (changed(*L0, "activation", "name", to="rulu"), "layer 1 has an unknown activation 'rulu'"),
    (changed(*L0, "activation", "name", to=["relu"]), r"layer 1 has an unknown activation \['relu'\]"),
    (changed(*L0, "activation", "name", to="mul"), "layer 1 needs an activation of one input, got 'mul'"),
    (changed(*L0, "activation", "own", to=True), r"layer 1 uses the Op 'relu'; pass it as load\(path, ops="),
    (changed(*L0, "activation", "own", to=1), "layer 1 has an unknown activation 'relu'"),
    (changed(*L0, "activation", "settings", to={"slope": 1}), r"the settings of 'relu' are \[\], got {'slope': 1}"),
    (changed(*L0, "activation", "settings", to=[]), r"the settings of 'relu' are \[\], got \[\]"),
    (changed("layers", 1, "activation", "name", to="softmax"), "the settings of 'softmax'"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), FAULTS)
def test_faults_in_a_file_are_named(change, words, tmp_path):
    path = tmp_path / "model.json"
    doc = document(path)
    change(doc)
    path.write_text(json.dumps(doc))
    with pytest.raises(ValueError, match=f"load '.*model.json': .*{words}"):
        load(path)


GOOD = '{"format": "sigmagrad network", "version": 1, "kind": "Neuron", "layers": [{"activation": {"name": "relu", "own": false, "settings": {}}, "w": [[1.5]], "b": null}]}'
TEXTS = [
    (b"", "not JSON, or cut off"),
    (GOOD[:-20].encode(), "not JSON, or cut off"),
    (GOOD.replace("1.5", "1e999").encode(), "needs finite numbers, got inf"),
    (GOOD.replace("1.5", "9" * 5000).encode(), "not JSON, or cut off|needs finite numbers"),
    (GOOD.replace('"version": 1', '"version": 1, "version": 1').encode(), "duplicate key 'version'"),
    (GOOD.replace('"b": null', '"b": null, "w": [[2.5]]').encode(), "duplicate key 'w'"),
    (b"[" * 100_000, "nested too deeply"),
    (b'{"a":' * 100_000, "nested too deeply"),
    (b"[]", "not a file of nn.save"),
    (b"null", "not a file of nn.save"),
    (pickle.dumps({"format": 1}), "not a text file, so not written by nn.save"),
    (b"\xff\xfe\x00", "not a text file"),
    (GOOD.encode() + b"\x00", "not JSON, or cut off"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), TEXTS)
def test_hostile_files_are_named(content, words, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(GOOD)
    assert load(path)([2.0]).data == 3.0
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"load '.*model.json': .*({words})"):
        load(path)


def test_every_cut_of_a_file_is_refused(tmp_path):
    path = tmp_path / "model.json"
    save(MLP(2, [2, 1], seed=0), path)
    whole = path.read_bytes().rstrip()
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match="load '"):
            load(path)


def seconds(do):
    start = time.process_time()
    do()
    return time.process_time() - start


REPEATED = {
    "key": lambda n: "{" + ",".join(f'"{i}": 0' for i in range(n)) + ', "0": 1}',
    "last key": lambda n: "{" + ",".join(f'"{i}": 0' for i in range(n)) + f', "{n - 1}": 1}}',
    "unknown keys": lambda n: GOOD[:-1] + "".join(f', "{i}": 0' for i in range(n)) + "}",
    "layers": lambda n: GOOD.replace('"Neuron"', '"MLP"')[:-2] + ", 1" * n + "]}",
    "fields": lambda n: GOOD.replace('"settings": {}', '"settings": {' + ",".join(f'"{i}": 0' for i in range(n)) + "}"),
    "weights": lambda n: GOOD.replace("[1.5]", "[" + "1.5, " * n + '"x"]'),
}


@pytest.mark.parametrize("kind", REPEATED)
def test_the_time_to_refuse_a_file_grows_with_its_size_and_no_faster(kind, tmp_path):
    def refuse(n):
        path = tmp_path / f"{n}.json"
        path.write_text(REPEATED[kind](n))

        def attempt():
            with pytest.raises(ValueError, match="load '"):
                load(path)

        return min(seconds(attempt) for _ in range(3))

    assert refuse(64_000) < 60 * refuse(4_000) + 0.2  # 16 times as large; the square would be 256


def test_a_network_of_many_layers_is_loaded_in_linear_time(tmp_path):
    def reload(n):
        save(MLP(1, [1] * n, seed=0), tmp_path / "model.json")
        return min(seconds(lambda: load(tmp_path / "model.json")) for _ in range(3))

    assert reload(4_000) < 60 * reload(250) + 0.2


def test_what_is_no_name_of_a_file_is_refused():
    for no_name in (True, 1, 3.5, None):
        with pytest.raises(TypeError, match=r"a file needs a name like 'model.json', got"):
            load(no_name)
        with pytest.raises(TypeError, match=r"a file needs a name like 'model.json', got"):
            save(Neuron(1, seed=0), no_name)


@pytest.mark.skipif(os.name == "nt", reason="there are no such modes")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660, 0o400])
def test_save_keeps_who_may_read_the_file(mode, tmp_path):
    path = tmp_path / "model.json"
    save(Neuron(1, seed=0), path)
    new = path.stat().st_mode & 0o777
    path.chmod(mode)
    save(Neuron(2, seed=0), path)
    assert path.stat().st_mode & 0o777 == mode
    assert len(load(path).w) == 2
    save(Neuron(1, seed=0), tmp_path / "other.json")
    assert (tmp_path / "other.json").stat().st_mode & 0o777 == new


def test_a_file_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("nn.storage.LARGEST_FILE", 100)
    path = tmp_path / "model.json"
    save(Neuron(50, seed=0), path)
    with pytest.raises(ValueError, match="the file is larger than 100 bytes"):
        load(path)


def test_an_op_of_ones_own_has_to_be_given(tmp_path):
    path = tmp_path / "model.json"
    save(Neuron(1, swish, seed=0), path)
    with pytest.raises(ValueError, match=r"layer 1 uses the Op 'swish'; pass it as load\(path, ops=\[...\]\)"):
        load(path)
    with pytest.raises(TypeError, match="load needs Ops of different names as ops"):
        load(path, ops=["swish"])
    impostor = Op("relu", lambda z: z, [lambda a, z: 1.0])
    save(Neuron(1, impostor, seed=0), path)
    with pytest.raises(ValueError, match="uses the Op 'relu'; pass it"):
        load(path)
    assert load(path, ops=[impostor]).activation is impostor
    assert load(path, ops=impostor).activation is impostor
    save(MLP(1, [1, 1, 1], ["relu", impostor, "relu"], seed=0), path)
    assert [layer.activation for layer in load(path, ops=impostor).layers] == [ops.relu, impostor, ops.relu]


def test_a_setting_may_be_a_number_of_numpys(tmp_path):
    leaky = ops.leaky_relu.bind(slope=np.float32(0.3))
    save(Neuron(1, leaky, seed=0), tmp_path / "model.json")
    assert load(tmp_path / "model.json").activation(-1.0) == leaky(-1.0)


def test_a_neuron_may_stand_in_the_place_of_a_layer(tmp_path):
    model = broken(lambda m: m.layers.__setitem__(1, Neuron(2, seed=0)))
    save(model, tmp_path / "model.json")
    assert load(tmp_path / "model.json")([0.5, -1.0]).data == model([0.5, -1.0]).data


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.json")


class Mine(MLP):
    pass


class Own(Neuron):
    pass


class Doubled(Layer):
    def __call__(self, x):
        return [2.0 * a for a in super().__call__(x)]


def broken(change):
    model = MLP(2, [2, 1], seed=0)
    change(model)
    return model


REFUSED = [
    (TypeError, "save knows Neuron, Layer and MLP, got Mine; keep model.state_dict", lambda: Mine(2, [1])),
    (TypeError, "save knows Neuron, Layer and MLP, got Module", Module),
    (ValueError, "save needs finite parameters, got nan in layers.0.neurons.0.w.0", lambda: broken(lambda m: setattr(m.parameters()[0], "data", math.nan))),
    (ValueError, "save needs finite parameters, got inf in layers.0.neurons.0.w.0", lambda: broken(lambda m: setattr(m.parameters()[0], "data", math.inf))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: setattr(m.layers[0].neurons[1], "activation", "sin"))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: m.layers[0].neurons[1].w.pop())),
    (ValueError, "a parameter that is held twice", lambda: broken(lambda m: setattr(m.layers[0].neurons[1], "w", m.layers[0].neurons[0].w))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: setattr(m.layers[0].neurons[1], "b", None))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: m.layers[0].neurons.append(max))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: m.layers[0].neurons.append(Own(2, seed=0)))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: m.layers.append(max))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: m.layers.__setitem__(0, Doubled(2, 2, seed=0)))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: setattr(m.layers[1].neurons[0], "preactivation", max))),
    (ValueError, "neurons are all of one kind", lambda: broken(lambda m: setattr(m.layers[1], "neurons", []))),
    (ValueError, "or is a bare number; keep model.state_dict", lambda: broken(lambda m: m.layers[0].neurons[1].w.__setitem__(0, 2.0))),
    (ValueError, "settings that are finite numbers, got k=nan", lambda: Neuron(1, bent.bind(k=math.nan))),
    (ValueError, "settings that are finite numbers, got k='a'", lambda: Neuron(1, Op("bent", lambda z, k: z, [lambda a, z, k: 1.0], settings={"k": "a"}))),
    (ValueError, "layer 2 has 5 weights per neuron, but layer 1 has 2 neurons", lambda: broken(lambda m: m.layers.__setitem__(1, Layer(5, 1, seed=0)))),
    (ValueError, "softmax needs at least 2 outputs", lambda: broken(lambda m: setattr(m.layers[1], "activation", "softmax"))),
    (ValueError, "needs a list of at least one layer", lambda: broken(lambda m: m.layers.clear())),
    (ValueError, "layer 2 needs w, a list of weights", lambda: broken(lambda m: m.layers[1].neurons[0].w.clear())),
    (ValueError, "save can't keep two Ops of one name", lambda: MLP(2, [2, 1], [bent, Op("bent", lambda z, k: z, [lambda a, z, k: 1.0], settings={"k": 2.0})])),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "words", "make"), REFUSED)
def test_what_can_not_be_saved_leaves_the_file_as_it_was(kind, words, make, tmp_path):
    path = tmp_path / "model.json"
    path.write_text("before")
    with pytest.raises(kind, match=words):
        save(make(), path)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["model.json"]


@pytest.mark.parametrize("where", ["os.fsync", "os.replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_an_interrupted_save_leaves_the_file_as_it_was(where, error, tmp_path, monkeypatch):
    path = tmp_path / "model.json"
    path.write_text("before")

    def fail(*_):
        raise error

    monkeypatch.setattr(where, fail)
    with pytest.raises(type(error)):
        save(Neuron(2, seed=0), path)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["model.json"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such pipes")
def test_what_stands_in_the_way_of_a_file_is_named(tmp_path):
    model = Neuron(1, seed=0)
    with pytest.raises(IsADirectoryError, match=f"'{tmp_path}' is a directory; write the name of a file in it"):
        save(model, tmp_path)
    with pytest.raises(FileNotFoundError, match=r"there is no directory '.*none'; make it first"):
        save(model, tmp_path / "none" / "model.json")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match=r"pipe' is no ordinary file; write the name of a new one"):
        save(model, tmp_path / "pipe")
    with pytest.raises(OSError, match=r"can't write '.*a': File name too long; choose another place"):
        save(model, tmp_path / ("a" * 300))
    assert os.listdir(tmp_path) == ["pipe"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits")
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path):
    import resource

    path, limits = tmp_path / "model.json", resource.getrlimit(resource.RLIMIT_FSIZE)
    save(Neuron(1, seed=0), path)
    before = path.read_bytes()
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"can't write '.*model.json': File too large; choose another place"):
            save(Neuron(200, seed=0), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.json"]


def test_a_long_path_is_named_to_its_end(tmp_path):
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    (folder / "model.json").write_text("{}")
    with pytest.raises(ValueError, match=r"longlong/model.json': not a file of nn.save"):
        load(folder / "model.json")


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "link.json").symlink_to(tmp_path / "model.json")
    save(Neuron(1, seed=0), tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert isinstance(load(tmp_path / "model.json"), Neuron)


def test_extra_parameters_are_not_lost_silently(tmp_path):
    model = broken(lambda m: setattr(m, "temperature", Value(2.0)))
    with pytest.raises(ValueError, match="held twice, or beside the layers"):
        save(model, tmp_path / "model.json")


def test_frozen_weights_are_saved_like_others(tmp_path):
    model = broken(lambda m: setattr(m.layers[0].neurons[0].w[0], "role", "constant"))
    save(model, tmp_path / "model.json")
    assert load(tmp_path / "model.json").state_dict() == model.state_dict()


# --- pickle -----------------------------------------------------------------------------------------------------------


def test_a_model_and_its_optimizer_go_through_pickle_together():
    for make in (lambda p: SGD(p, 0.1, momentum=0.5), lambda p: Adam(p, 0.1)):
        model = MLP(2, [3, 2], [ops.leaky_relu.bind(slope=0.3), "softmax"], seed=0)
        optimizer = make(model.parameters())
        cross_entropy(model([1.0, 2.0]), 1).backward()
        optimizer.step()
        again, its = pickle.loads(pickle.dumps((model, optimizer)))
        assert [p is q for p, q in zip(again.parameters(), its.parameters, strict=True)] == [True] * 17
        assert repr(again) == repr(model)
        for one, updates in ((model, optimizer), (again, its)):
            updates.zero_grad()
            cross_entropy(one([1.0, 2.0]), 1).backward()
            updates.step()
        assert again.state_dict() == model.state_dict()
        assert node_labels(again, [1.0, 2.0]) == ["g_1", "g_2"]


def test_a_new_process_computes_what_this_one_does():
    models = [make() for make in MODELS[:6]]
    program = "import pickle, sys\nfor m, x in pickle.load(sys.stdin.buffer): print(m(x))"
    work = [(model, [0.5, -1.0, 2.0][: int(repr(model).split(" of ")[1].split()[0])]) for model in models]
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(work), capture_output=True, check=True)
    assert done.stdout.decode().split("\n") == [*(repr(model(x)) for model, x in work), ""]


def test_losses_are_entries_that_pickle_finds():
    for op in (*losses.TABLE.values(), losses.TABLE["cross_entropy"].bind(target="one-hot")):
        assert pickle.loads(pickle.dumps(op)) is op
    with pytest.raises(TypeError, match=r"Op 'swish' is made of lambdas, .*nn.save and nn.load\(path, ops="):
        pickle.dumps(Neuron(1, swish, seed=0))
    with pytest.raises(TypeError, match="a computed Value can't be pickled"):
        pickle.dumps(Neuron(1, seed=0)([1.0]))
