"""What can go wrong between the hall and its hardware; an adapter raises nothing else on purpose."""


class DeviceError(Exception):
    """The device did not do what was asked."""


class NotConnected(DeviceError):
    """Nobody answers at the other end of the cable."""


class NothingTaken(NotConnected):
    """The cable was lost before it took a single byte: what was to be sent may be sent again."""


class Rejected(DeviceError):
    """The device answered that it will not: cover open, cutter jammed, frame refused."""


class OutOfPaper(Rejected):
    """The printer has no paper."""


class Garbled(DeviceError):
    """What came over the cable is no frame of this protocol."""
