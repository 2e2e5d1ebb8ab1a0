"""libsrtp, as Debian packages it, by its C interface: the other opinion on protected packets."""

import ctypes
import functools

# the largest that a packet grows (SRTP_MAX_TRAILER_LEN), rounded up
ROOM = 256
OUTBOUND = 3  # ssrc_any_outbound
INBOUND = 2  # ssrc_any_inbound
OK, REPLAYED, OLD, FORGED = 0, 9, 10, 7

# for each suite the functions that write how RTP and RTCP are protected: RTCP's tags are long
LONG_128 = "srtp_crypto_policy_set_rtp_default"
LONG_256 = "srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80"
GCM_128 = "srtp_crypto_policy_set_aes_gcm_128_16_auth"
GCM_256 = "srtp_crypto_policy_set_aes_gcm_256_16_auth"
SUITES = {
    "AES_CM_128_HMAC_SHA1_80": (30, LONG_128, LONG_128),
    "AES_CM_128_HMAC_SHA1_32": (30, "srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32", LONG_128),
    "AES_256_CM_HMAC_SHA1_80": (46, LONG_256, LONG_256),
    "AES_256_CM_HMAC_SHA1_32": (46, "srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32", LONG_256),
    "AEAD_AES_128_GCM": (28, GCM_128, GCM_128),
    "AEAD_AES_256_GCM": (44, GCM_256, GCM_256),
}


class CryptoPolicy(ctypes.Structure):
    _fields_ = [("cipher_type", ctypes.c_uint32), ("cipher_key_len", ctypes.c_int),
                ("auth_type", ctypes.c_uint32), ("auth_key_len", ctypes.c_int),
                ("auth_tag_len", ctypes.c_int), ("sec_serv", ctypes.c_int)]


class Ssrc(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("value", ctypes.c_uint)]


class Policy(ctypes.Structure):
    """`srtp_policy_t` of version 2."""

    _fields_ = [("ssrc", Ssrc), ("rtp", CryptoPolicy), ("rtcp", CryptoPolicy),
                ("key", ctypes.c_char_p), ("keys", ctypes.c_void_p),
                ("num_master_keys", ctypes.c_ulong), ("deprecated_ekt", ctypes.c_void_p),
                ("window_size", ctypes.c_ulong), ("allow_repeat_tx", ctypes.c_int),
                ("enc_xtn_hdr", ctypes.c_void_p), ("enc_xtn_hdr_count", ctypes.c_int),
                ("next", ctypes.c_void_p)]


class Refused(Exception):
    """What libsrtp gave instead of a packet: its number for it."""


@functools.cache
def library(path="libsrtp2.so.1"):
    """The library, which begins once in a process and not again."""
    c = ctypes.CDLL(path)
    if c.srtp_init() != OK:
        raise RuntimeError("libsrtp does not begin")
    return c


class Session:
    """One direction: either what protects or what unprotects."""

    def __init__(self, suite, key, direction):
        _, rtp, rtcp = SUITES[suite]
        self.c, self.key, self.handle = library(), bytes(key), ctypes.c_void_p()
        policy = Policy()
        getattr(self.c, rtp)(ctypes.byref(policy.rtp))
        getattr(self.c, rtcp)(ctypes.byref(policy.rtcp))
        policy.ssrc.type, policy.key, policy.window_size = direction, self.key, 128
        made = self.c.srtp_create(ctypes.byref(self.handle), ctypes.byref(policy))
        if made != OK:
            raise RuntimeError(f"libsrtp makes no session of {suite}: {made}")

    def close(self):
        self.c.srtp_dealloc(self.handle)

    def run(self, operation, packet):
        """`protect_rtp` and its like; gives the packet that came of it."""
        function = getattr(self.c, {
            "protect_rtp": "srtp_protect", "protect_rtcp": "srtp_protect_rtcp",
            "unprotect_rtp": "srtp_unprotect", "unprotect_rtcp": "srtp_unprotect_rtcp",
        }[operation])
        buffer = ctypes.create_string_buffer(packet, len(packet) + ROOM)
        length = ctypes.c_int(len(packet))
        done = function(self.handle, buffer, ctypes.byref(length))
        if done != OK:
            raise Refused(done)
        return buffer.raw[:length.value]
