// JsSIP in a page, told what to do by the test and telling it what happens. It says a tone, and keeps
// all that it hears; how sound goes is the browser's own affair (ICE, DTLS-SRTP).
import JsSIP from 'jssip';

// Samples per second of what is kept.
const RATE = 16000;

// What happens goes to the test in order, one after the other.
let told = Promise.resolve();
function tell(what, more = {}) {
  const body = JSON.stringify({ what, ...more });
  told = told.then(() => fetch('/tell', { method: 'POST', body }));
}

// The voice: a tone of so many hertz, as a stream.
function voice(hertz) {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: hertz });
  const quiet = new GainNode(context, { gain: 0.4 });
  const out = new MediaStreamAudioDestinationNode(context);
  tone.connect(quiet).connect(out);
  tone.start();
  return out.stream;
}

// The ear: what has been heard since the beginning, as numbers of 16 bits.
const heard = [];
const ear = new AudioContext({ sampleRate: RATE });

function listen(track) {
  const stream = new MediaStream([track]);
  // what comes from afar is silent in a context unless an element plays it, too
  const element = new Audio();
  element.srcObject = stream;
  element.muted = true;
  element.play();
  const keep = ear.createScriptProcessor(1024, 1, 1);
  keep.onaudioprocess = ({ inputBuffer }) => {
    const samples = inputBuffer.getChannelData(0);
    heard.push(Int16Array.from(samples, x => 32767 * Math.max(-1, Math.min(1, x))));
  };
  ear.createMediaStreamSource(stream).connect(keep).connect(ear.destination);
}

const pcConfig = { iceServers: [] };
let agent = null;
let mine = null;
let session = null;

function follow(next) {
  session = next;
  const attend = ({ peerconnection }) => {
    peerconnection.addEventListener('track', ({ track }) => listen(track));
  };
  if (session.connection) attend({ peerconnection: session.connection });
  else session.on('peerconnection', attend);
  session.on('confirmed', () => tell('established'));
  session.on('ended', ({ cause }) => tell('over', { cause }));
  session.on('failed', ({ cause, message }) => tell('over', { cause, status: message?.status_code }));
}

// Waits until an offer is answered: JsSIP makes none before the last one is.
function agreed(offer) {
  return new Promise((done, failed) => {
    if (!offer(done)) failed(new Error('JsSIP is not ready to make an offer'));
  });
}

// What the browser counts of the present call.
async function counted(kind) {
  const connection = session?.connection;
  if (!connection || connection.signalingState === 'closed') return [];
  return [...(await connection.getStats()).values()].filter(({ type }) => type === kind);
}

window.phone = {
  register({ url, uri, user, password, hertz }) {
    mine = voice(hertz);
    agent = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(url)], uri, authorization_user: user, password,
    });
    agent.on('registered', () => tell('registered'));
    agent.on('registrationFailed', ({ cause }) => tell('refused', { cause }));
    agent.on('disconnected', ({ reason }) => tell('disconnected', { reason }));
    agent.on('newRTCSession', ({ session: next, originator }) => {
      if (originator !== 'remote') return;
      follow(next);
      next.answer({ mediaStream: mine, pcConfig });
    });
    agent.start();
  },
  dial(target) { follow(agent.call(target, { mediaStream: mine, pcConfig })); },
  hold() { return agreed(done => session.hold({}, done)); },
  resume() { return agreed(done => session.unhold({}, done)); },
  // Another way is sought, as when the network has changed.
  seekAnew() {
    return agreed(done => session.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, done));
  },
  sendOn(target) { session.refer(target); },
  hangUp() { session.terminate(); },
  // Leaves without a word, as when somebody closes the lid.
  vanish() { session.connection.close(); },
  async packets() {
    const streams = await counted('inbound-rtp');
    return streams.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0);
  },
  async codec() {
    const [stream] = await counted('inbound-rtp');
    const codecs = await counted('codec');
    return codecs.find(({ id }) => id === stream?.codecId)?.mimeType;
  },
  async transport() {
    const [transport] = await counted('transport');
    const { dtlsState, tlsVersion, srtpCipher, dtlsCipher } = transport ?? {};
    return { dtlsState, tlsVersion, srtpCipher, dtlsCipher };
  },
  // What the other side has reported: of what it has heard, and of what it has sent.
  async reported() {
    const [heard] = await counted('remote-inbound-rtp');
    const [sent] = await counted('remote-outbound-rtp');
    return {
      lost: heard?.fractionLost, trip: heard?.roundTripTime, sent: sent?.packetsSent,
    };
  },
  // All that was heard, in base64.
  heard() {
    const whole = new Blob(heard);
    return new Promise(done => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.split(',')[1]);
      reader.readAsDataURL(whole);
    });
  },
};
