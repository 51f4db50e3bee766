"""The history is plain lists."""

import json

from nn.training import History


def test_history():
    history = History()
    assert (history.epochs, history.stopped) == (0, "")
    history.add({"loss": 2.0, "val_confusion_matrix": [[1, 0], [0, 1]]})
    history.add({"loss": 1.0, "val_confusion_matrix": [[2, 0], [0, 0]]})
    assert history.epochs == 2
    assert json.loads(json.dumps(history))["loss"] == [2.0, 1.0]
