"""Alibaba's hot update: its rules, its plan, its steps and its verdict."""
