"""Arguments that can't be are told before anything is written."""

import pytest


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ("train mnist", "no data set 'mnist'; there are digits, moons, cancer, and CSV files, but"),
        ("train", "DATA"),
        ("", "train | evaluate | predict"),
        ("learn digits", "invalid choice: 'learn'"),
        ("train moons --layers 5,,3", "'' is not a whole number"),
        ("train moons --layers 0", "'0' is not a whole number"),
        ("train moons --layers 2.5", "'2.5' is not a whole number"),
        ("train moons --lr 0", "'0' is not a number above 0"),
        ("train moons --lr nan", "'nan' is not a number above 0"),
        ("train moons --lr x", "'x' is not a number above 0"),
        ("train moons --epochs 0", "'0' is not a whole number"),
        ("train moons --epochs inf", "'inf' is not a whole number"),
        ("train moons --batch-size -3", "'-3' is not a whole number"),
        ("train moons --l2 -1", "'-1' is not a number of at least 0"),
        ("train moons --momentum 1", "below 1"),
        ("train moons --momentum 0.5", "--momentum is for --optimizer sgd"),
        ("train moons --seed -1", "from 0 to 4294967295"),
        ("train moons --seed 1.5", "from 0 to 4294967295"),
        ("train moons --activation step", "invalid choice: 'step'"),
        ("train moons --optimizer lbfgs", "invalid choice: 'lbfgs'"),
        ("train moons --out .", "is a folder"),
        ("train moons --out file/m", "file is no folder"),
        ("train moons --out /dev/null", "is a device"),
        ("train moons --target y", "--target is for CSV files, but moons is a built-in data set"),
        ("train moons --ignore y", "--ignore is for CSV files"),
        ("train moons --separator ab", "'ab' is not one character, nor tab"),
        ("train file --target y", "file can't be read as a CSV file"),
        ("train . --target y", "can't be read as a CSV file"),
        ("evaluate", "MODEL"),
        ("predict none", "there is no file none"),
        ("predict .", "is a folder"),
    ],
)
def test_wrong_arguments(argv, words, folder, fails):
    (folder / "file").write_text("")
    assert words in fails(*argv.split())
    assert [path.name for path in folder.iterdir()] == ["file"]
