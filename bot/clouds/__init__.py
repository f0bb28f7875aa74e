"""The clouds: one shared transport, one package per vendor."""
