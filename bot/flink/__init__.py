"""The nouns: pure values and rules about Flink jobs. No I/O, no clock, no library."""
