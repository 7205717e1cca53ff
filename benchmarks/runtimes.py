"""Products of a forward of the 135M writer in torch, ONNX Runtime and OpenVINO, one thread.

    pip install onnx onnxruntime openvino    (in an environment of its own, beside torch)
    python benchmarks/runtimes.py

Milliseconds of the processor for the 120 products of 30 layers, the best of six, for 12 and 36
rows. Runtimes that cannot be imported are left out. Weights are random.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import numpy as np

SHAPES: Final = ((576, 960), (576, 576), (576, 3072), (1536, 576))
LAYERS: Final = 30
Forward = Callable[[dict[int, Any]], Any]


def torch_forwards() -> Iterator[tuple[str, Forward]]:
    import torch

    from benchmarks.rounding import linears

    torch.set_num_threads(1)
    layers = [(i, linears(torch.randn(o, i))) for i, o in SHAPES * LAYERS]
    for name in layers[0][1]:

        def forward(x: dict[int, Any], name: str = name) -> None:
            tensors = {i: torch.from_numpy(rows) for i, rows in x.items()}
            with torch.inference_mode():
                for i, layer in layers:
                    layer[name](tensors[i])

        yield name, forward


def onnx_forwards() -> Iterator[tuple[str, Forward]]:
    import onnxruntime as ort
    from onnx import TensorProto, helper, numpy_helper

    for kind in ("float32", "int8"):
        nodes, weights = [], []
        for number, (i, o) in enumerate(SHAPES * LAYERS):
            names = [f"x{i}", f"w{number}"]
            if kind == "int8":
                names.append(f"s{number}")
                weights.append(numpy_helper.from_array(
                    np.random.randint(-63, 63, (i, o), np.int8), f"w{number}"))  # fmt: skip
                weights.append(numpy_helper.from_array(
                    np.full(o, 0.01, np.float32), f"s{number}"))  # fmt: skip
                nodes.append(helper.make_node(
                    "DynamicQuantizeMatMul", names, [f"o{number}"],
                    domain="com.microsoft"))  # fmt: skip
            else:
                weights.append(numpy_helper.from_array(
                    np.random.randn(i, o).astype(np.float32), f"w{number}"))  # fmt: skip
                nodes.append(helper.make_node("MatMul", names, [f"o{number}"]))
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            nodes, "products",
            [value(f"x{i}", TensorProto.FLOAT, ["n", i]) for i in (576, 1536)],
            [value(f"o{n}", TensorProto.FLOAT, None) for n in range(len(nodes))], weights,
        )  # fmt: skip
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(model.SerializeToString(), options)
        yield (
            f"onnxruntime {kind}",
            partial(run_onnx, session),
        )


def run_onnx(session: Any, x: dict[int, Any]) -> Any:
    return session.run(None, {f"x{i}": rows for i, rows in x.items()})


def run_openvino(request: Any, x: dict[int, Any]) -> Any:
    return request.infer(list(x.values()))


def openvino_forwards() -> Iterator[tuple[str, Forward]]:
    import openvino as ov
    from openvino import opset13 as op

    for kind in ("float32", "int8"):
        inputs = {i: op.parameter([-1, i], np.float32) for i in (576, 1536)}
        found = []
        for i, o in SHAPES * LAYERS:
            x = inputs[i]
            if kind == "int8":
                low, high = op.constant(np.float32(-3)), op.constant(np.float32(3))
                x = op.fake_quantize(x, low, high, low, high, 256)
                whole = op.constant(np.random.randint(-127, 127, (o, i), np.int8))
                scale = op.constant(np.full((o, 1), 0.01, np.float32))
                weight = op.multiply(op.convert(whole, np.float32), scale)
            else:
                weight = op.constant(np.random.randn(o, i).astype(np.float32))
            found.append(op.matmul(x, weight, False, True))
        model = ov.Model(found, list(inputs.values()), "products")
        settings = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
        request = ov.Core().compile_model(model, "CPU", settings).create_infer_request()
        yield f"openvino {kind}", partial(run_openvino, request)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    runtimes = {
        "torch": torch_forwards, "onnxruntime": onnx_forwards, "openvino": openvino_forwards,
    }  # fmt: skip
    for package, forwards in runtimes.items():
        if importlib.util.find_spec(package) is None:
            print(f"{package} cannot be imported")
            continue
        for name, forward in forwards():
            for rows in (12, 36):
                x = {i: np.random.randn(rows, i).astype(np.float32) for i in (576, 1536)}
                best = float("inf")
                for _ in range(6):
                    began = time.process_time()
                    forward(x)
                    best = min(best, time.process_time() - began)
                print(f"{name}, {rows} rows: {1000 * best:.0f} ms", flush=True)


if __name__ == "__main__":
    main()
