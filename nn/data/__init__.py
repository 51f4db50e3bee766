"""Data to train on: data sets, loaders of minibatches, CSV files, splits, scaling."""

from nn.data.builtin import NAMES, load
from nn.data.csv import CSVDataset, Table, column_names, read_csv
from nn.data.datasets import Dataset, TensorDataset, add_intercept, one_hot
from nn.data.loader import DataLoader
from nn.data.prepared import Split
from nn.data.scaling import StandardScaler
from nn.data.splits import train_test_split, train_validation_test_split
from nn.data.tables import load_csv

__all__ = [
    "NAMES",
    "CSVDataset",
    "DataLoader",
    "Dataset",
    "Split",
    "StandardScaler",
    "Table",
    "TensorDataset",
    "add_intercept",
    "column_names",
    "load",
    "load_csv",
    "one_hot",
    "read_csv",
    "train_test_split",
    "train_validation_test_split",
]
