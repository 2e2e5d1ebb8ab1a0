// JsSIP in a page, told what to do by the test and telling it what happens. It says a tone, and keeps
// all that it hears; where it has a camera it shows what that sees. How sound and video go is the
// browser's own affair (ICE, DTLS-SRTP).
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

// The camera, which Chromium makes up.
async function camera() {
  const wanted = { width: 320, height: 240, frameRate: 15 };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
  return stream.getVideoTracks()[0];
}

// A screen: a picture whose colours change.
function screen() {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [400, 300];
  const pen = canvas.getContext('2d');
  let hue = 0;
  setInterval(() => {
    hue += 7;
    pen.fillStyle = `hsl(${hue % 360} 80% 50%)`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }, 60);
  return canvas.captureStream(15).getVideoTracks()[0];
}

function watch(track) {
  const element = document.createElement('video');
  [element.srcObject, element.muted] = [new MediaStream([track]), true];
  document.body.append(element);
  element.play();
}

const pcConfig = { iceServers: [] };
let agent = null;
let mine = null;
let session = null;

function follow(next) {
  session = next;
  const attend = ({ peerconnection }) => {
    peerconnection.addEventListener('track', ({ track }) => {
      if (track.kind === 'audio') listen(track);
      else watch(track);
    });
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

// What the browser counts of the present call, of its sound where nothing else is asked for.
async function counted(type, kind = 'audio') {
  const connection = session?.connection;
  if (!connection || connection.signalingState === 'closed') return [];
  const all = [...(await connection.getStats()).values()];
  return all.filter(one => one.type === type && (one.kind ?? kind) === kind);
}

window.phone = {
  async register({ url, uri, user, password, hertz, shows }) {
    mine = voice(hertz);
    if (shows) mine.addTrack(await camera());
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
  // Adds the camera to the call.
  async show() {
    session.connection.addTrack(await camera(), mine);
    await agreed(done => session.renegotiate({}, done));
  },
  // Takes its video out of the call.
  hide() {
    const video = ({ receiver }) => receiver.track.kind === 'video';
    session.connection.getTransceivers().filter(video).forEach(one => one.stop());
    return agreed(done => session.renegotiate({}, done));
  },
  // Shows its screen in place of the camera.
  shareScreen() {
    const video = ({ track }) => track?.kind === 'video';
    return session.connection.getSenders().find(video).replaceTrack(screen());
  },
  // Pictures that have reached it, how it asked for whole ones, and how it was asked.
  async seen() {
    const came = await counted('inbound-rtp', 'video');
    const went = await counted('outbound-rtp', 'video');
    const codecs = await counted('codec', 'video');
    const sum = (streams, name) => streams.reduce((all, one) => all + (one[name] ?? 0), 0);
    return {
      frames: sum(came, 'framesDecoded'), asked: sum(came, 'pliCount'),
      wasAsked: sum(went, 'pliCount'), width: came.at(-1)?.frameWidth,
      codec: codecs.find(({ id }) => id === came.at(-1)?.codecId)?.mimeType,
    };
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
