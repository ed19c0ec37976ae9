"""What the command line may use of configuration as code."""

from controlplane.ascode.archive import pack, read_path, write_folder
from controlplane.ascode.errors import ImportRefused, in_words
from controlplane.ascode.schemas import ImportProblem, ImportRead
from controlplane.ascode.service import Exported, ExportOptions, export_table, export_tree, import_tree
from controlplane.ascode.table import TABLES, read_table
from controlplane.ascode.tree import Tree, parse

__all__ = [
    "TABLES",
    "ExportOptions",
    "Exported",
    "ImportProblem",
    "ImportRead",
    "ImportRefused",
    "Tree",
    "export_table",
    "export_tree",
    "import_tree",
    "in_words",
    "pack",
    "parse",
    "read_path",
    "read_table",
    "write_folder",
]
