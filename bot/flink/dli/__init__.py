"""Huawei Cloud DLI: every setting of a Flink job, its rules, and how it is written on the wire."""
