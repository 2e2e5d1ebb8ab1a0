"""Fax terminals of libspandsp: one that speaks by modem, as sound, and one that speaks T.38."""

import ctypes

import numpy as np

SPANDSP = ctypes.CDLL("libspandsp.so.2")
VOID, INT, TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
PHASE_E = ctypes.CFUNCTYPE(None, VOID, VOID, INT)
TX_PACKET = ctypes.CFUNCTYPE(INT, VOID, VOID, ctypes.POINTER(ctypes.c_uint8), INT, INT)


def _declare(name, result, *arguments):
    function = getattr(SPANDSP, name)
    function.restype, function.argtypes = result, arguments
    return function


fax_init = _declare("fax_init", VOID, VOID, INT)
fax_rx = _declare("fax_rx", INT, VOID, VOID, INT)
fax_rx_fillin = _declare("fax_rx_fillin", INT, VOID, INT)
fax_tx = _declare("fax_tx", INT, VOID, VOID, INT)
fax_set_transmit_on_idle = _declare("fax_set_transmit_on_idle", None, VOID, INT)
fax_get_t30_state = _declare("fax_get_t30_state", VOID, VOID)
fax_free = _declare("fax_free", INT, VOID)
t38_terminal_init = _declare("t38_terminal_init", VOID, VOID, INT, TX_PACKET, VOID)
t38_terminal_send_timeout = _declare("t38_terminal_send_timeout", INT, VOID, INT)
t38_terminal_get_t30_state = _declare("t38_terminal_get_t30_state", VOID, VOID)
t38_terminal_get_t38_core_state = _declare("t38_terminal_get_t38_core_state", VOID, VOID)
t38_terminal_free = _declare("t38_terminal_free", INT, VOID)
t38_core_rx_ifp_packet = _declare(
    "t38_core_rx_ifp_packet", INT, VOID, TEXT, INT, ctypes.c_uint16)
t30_set_tx_ident = _declare("t30_set_tx_ident", INT, VOID, TEXT)
t30_set_tx_file = _declare("t30_set_tx_file", None, VOID, TEXT, INT, INT)
t30_set_rx_file = _declare("t30_set_rx_file", None, VOID, TEXT, INT)
t30_set_ecm_capability = _declare("t30_set_ecm_capability", INT, VOID, INT)
t30_set_supported_compressions = _declare("t30_set_supported_compressions", INT, VOID, INT)
t30_set_supported_modems = _declare("t30_set_supported_modems", INT, VOID, INT)
t30_set_phase_e_handler = _declare("t30_set_phase_e_handler", None, VOID, PHASE_E, VOID)
# T.4 in one and two dimensions, and T.6; V.27ter, V.29 and V.17
COMPRESSIONS, MODEMS = 0x2 | 0x4 | 0x8, 0x1 | 0x2 | 0x4
OK = 0


class _Terminal:
    """What both have in common: a document that is sent or taken, and how it ended."""

    def _set_up(self, t30, sends, takes, ident):
        self.result = None
        # kept, since the library calls it for as long as it lives
        self._ended = PHASE_E(self._end)
        t30_set_tx_ident(t30, ident.encode())
        t30_set_ecm_capability(t30, 1)
        t30_set_supported_compressions(t30, COMPRESSIONS)
        t30_set_supported_modems(t30, MODEMS)
        if sends:
            t30_set_tx_file(t30, sends.encode(), -1, -1)
        if takes:
            t30_set_rx_file(t30, takes.encode(), -1)
        t30_set_phase_e_handler(t30, self._ended, None)

    def _end(self, _state, _user, result):
        self.result = result


class ModemTerminal(_Terminal):
    """Speaks by modem."""

    def __init__(self, calling, sends, takes, ident):
        self.state = fax_init(None, int(calling))
        fax_set_transmit_on_idle(self.state, 1)
        self._set_up(fax_get_t30_state(self.state), sends, takes, ident)

    def hear(self, samples):
        fax_rx(self.state, samples.ctypes.data, len(samples))

    def miss(self, count):
        fax_rx_fillin(self.state, count)

    def say(self, count):
        """So many samples, or silence where it has nothing to say any more."""
        samples = np.zeros(count, dtype=np.int16)
        fax_tx(self.state, samples.ctypes.data, count)
        return samples

    def close(self):
        fax_free(self.state)


class T38Terminal(_Terminal):
    """Speaks T.38: `send` takes each of its packets, and how often it is to go."""

    def __init__(self, calling, sends, takes, ident, send):
        def sent(_core, _user, octets, length, count):
            send(bytes(octets[:length]), count)
            return 0
        self._sent = TX_PACKET(sent)
        self.state = t38_terminal_init(None, int(calling), self._sent, None)
        self.core = t38_terminal_get_t38_core_state(self.state)
        self._set_up(t38_terminal_get_t30_state(self.state), sends, takes, ident)

    def take(self, seq, ifp):
        t38_core_rx_ifp_packet(self.core, ifp, len(ifp), seq)

    def pass_time(self, samples):
        """So much time has passed, in samples of 8 kHz."""
        t38_terminal_send_timeout(self.state, samples)

    def close(self):
        t38_terminal_free(self.state)
