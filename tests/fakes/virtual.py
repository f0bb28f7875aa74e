"""An event loop whose clock jumps to the next timer: hours pass in milliseconds, exactly."""

import asyncio
import selectors


class _Selector(selectors.DefaultSelector):
    """Instead of waiting, lets time pass."""

    def __init__(self):
        super().__init__()
        self.passed = 0.0

    def select(self, timeout=None):
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "nothing would ever happen"
            self.passed += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """For code that waits for nothing but timers and itself."""

    def __init__(self):
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self):
        return self._virtual.passed


def play(scene):
    """Run a coroutine function in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scene())
