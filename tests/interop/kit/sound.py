"""Is what arrived what was sent? Correlation for codecs that keep the waveform (G.711, G.722),
the loudness curve for those that do not (Opus)."""

import math
import subprocess
import wave

import numpy as np

RATE = 8000
LOW, HIGH = 200.0, 3300.0


def speech(path, words, voice="en", seconds=30):
    """A 48 kHz mono file of somebody speaking, at least `seconds` long."""
    raw = path + ".once.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", raw, words], check=True)
    once = len(samples(raw)) / RATE
    again = max(0, int(seconds / once))
    subprocess.run(
        ["sox", "-q", raw, "-r", "48000", "-c", "1", "-b", "16", path, "repeat", str(again)],
        check=True,
    )
    return path


def samples(path):
    """Mono samples at 8 kHz within the telephone band."""
    with wave.open(path, "rb") as file:
        width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
        data = file.readframes(file.getnframes())
    if width != 2:
        raise ValueError(f"{path}: 16 bit samples expected")
    x = np.frombuffer(data[: len(data) // (2 * channels) * 2 * channels], dtype="<i2")
    x = x.reshape(-1, channels).mean(axis=1) / 32768.0
    # a whole number of samples at either rate: else all of it would be stretched by part of one
    step = rate // math.gcd(rate, RATE)
    x = x[: len(x) // step * step]
    if len(x) == 0:
        return x
    spectrum = np.fft.rfft(x)
    hertz = np.fft.rfftfreq(len(x), 1 / rate)
    spectrum[(hertz < LOW) | (hertz > HIGH)] = 0
    length = int(len(x) * RATE / rate)
    return np.fft.irfft(spectrum[: length // 2 + 1], length) * (length / len(x))


def align(sent, heard):
    """Delay of `sent` inside `heard`, and the normalised correlation there."""
    size = 1 << (len(sent) + len(heard)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size)), size)
    lag = int(np.argmax(np.abs(product)))
    if lag > size // 2:
        lag -= size
    a, b = sent[max(0, -lag):], heard[max(0, lag):]
    n = min(len(a), len(b))
    if n < RATE // 4:
        return lag, 0.0
    a, b = a[:n], b[:n]
    scale = np.sqrt((a @ a) * (b @ b))
    return lag, float(abs(a @ b) / scale) if scale > 0 else 0.0


def loudness(x):
    n = len(x) // 160
    return np.sqrt((x[: n * 160].reshape(n, 160) ** 2).mean(axis=1))


def compare(sent_path, heard_path):
    """`median`: median correlation over seconds of speech; `envelope`: of the loudness curves."""
    sent, heard = samples(sent_path), samples(heard_path)
    if len(heard) < 2 * RATE:
        return {"median": 0.0, "envelope": 0.0, "seconds": len(heard) / RATE}
    lag, _ = align(sent[: 60 * RATE], heard)
    a, b = sent[max(0, -lag):], heard[max(0, lag):]
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]
    loud = 0.1 * np.sqrt((a**2).mean()) if n else 0
    pieces = []
    for start in range(0, n - RATE, RATE):
        piece = a[start:start + RATE]
        if np.sqrt((piece**2).mean()) >= loud:
            around = b[max(0, start - RATE // 2):start + RATE + RATE // 2]
            pieces.append(align(piece, around)[1])
    envelope = float(np.corrcoef(loudness(a), loudness(b))[0, 1]) if n > RATE else 0.0
    median = float(np.median(pieces)) if pieces else 0.0
    return {"median": median, "envelope": envelope, "seconds": n / RATE}


def is_silent(path, after=0.0):
    x = samples(path)[int(after * RATE):]
    return len(x) == 0 or float(np.sqrt((x**2).mean())) < 1e-3


def tail(path, seconds, into):
    """The last `seconds` of a recording as a file of its own."""
    with wave.open(path, "rb") as file:
        rate, frames = file.getframerate(), file.getnframes()
        file.setpos(max(0, frames - int(seconds * rate)))
        data, params = file.readframes(frames), file.getparams()
    with wave.open(into, "wb") as out:
        out.setparams(params)
        out.writeframes(data)
    return into


def head(path, seconds, into):
    """The first `seconds` of a recording as a file of its own."""
    with wave.open(path, "rb") as file:
        data, params = file.readframes(int(seconds * file.getframerate())), file.getparams()
    with wave.open(into, "wb") as out:
        out.setparams(params)
        out.writeframes(data)
    return into


def character(path):
    """Level, pitch and shape of a recording: is it music?

    `tonality`: the share of the power that the strongest eight notes of each 128 ms hold.
    """
    x = samples(path)
    frames = len(x) // 1024
    if frames == 0:
        return {"seconds": 0.0, "level_db": -120.0, "pitch_hz": 0.0, "tonality": 0.0,
                "silent_share": 1.0}
    power = np.abs(np.fft.rfft(x[: frames * 1024].reshape(frames, 1024) * np.hanning(1024))) ** 2
    strongest = np.sort(power, axis=1)[:, -24:].sum(axis=1) / (power.sum(axis=1) + 1e-12)
    loud = np.sqrt((x[: frames * 1024].reshape(frames, 1024) ** 2).mean(axis=1))
    heard = loud > 1e-3
    return {
        "seconds": len(x) / RATE,
        "level_db": float(20 * np.log10(np.sqrt((x**2).mean()) + 1e-6)),
        "pitch_hz": float(np.argmax(power.sum(axis=0)) * RATE / 1024),
        "tonality": float(np.median(strongest[heard])) if heard.any() else 0.0,
        "silent_share": float((~heard).mean()),
    }


def tone_share(path, hertz, seconds):
    """The share of the last seconds' power that lies at a frequency: who is being heard?"""
    x = samples(path)[-int(seconds * RATE):]
    if len(x) < RATE // 2:
        return 0.0
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    bins = np.fft.rfftfreq(len(x), 1 / RATE)
    return float(power[np.abs(bins - hertz) < 10].sum() / (power.sum() + 1e-9))
