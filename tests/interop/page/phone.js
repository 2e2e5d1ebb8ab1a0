// JsSIP in a page, told what to do by the test and telling it what happens.
//
// Its media stands elsewhere: in place of the browser's peer connection, whose keys the exchange does
// not speak, there is one that describes a plain stream of the test's own. Everything of SIP is
// JsSIP's.
import JsSIP from 'jssip';

const OPPOSITE = { sendrecv: 'sendrecv', sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' };

let sdpVersion = 0;

// What happens goes to the test in order, one after the other.
let told = Promise.resolve();
function tell(what, more = {}) {
  const body = JSON.stringify({ what, ...more });
  told = told.then(() => fetch('/tell', { method: 'POST', body }));
}

function directionOf(sdp) {
  return (/^a=(sendrecv|sendonly|recvonly|inactive)/m.exec(sdp) ?? [, 'sendrecv'])[1];
}

// As much of a peer connection as JsSIP asks of one (WebRTC 1.0 §4.4).
class StandIn extends EventTarget {
  signalingState = 'stable';
  iceGatheringState = 'complete';
  iceConnectionState = 'connected';
  localDescription = null;
  remoteDescription = null;

  describe(direction) {
    const { ip, port } = window.media;
    const address = `${ip.includes(':') ? 'IP6' : 'IP4'} ${ip}`;
    sdpVersion += 1;
    return [
      'v=0', `o=- 1 ${sdpVersion} IN ${address}`, 's=-', `c=IN ${address}`, 't=0 0',
      `m=audio ${port} RTP/AVP 0 101`, 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:101 telephone-event/8000',
      `a=${direction}`, '',
    ].join('\r\n');
  }

  async createOffer() {
    return { type: 'offer', sdp: this.describe('sendrecv') };
  }

  async createAnswer() {
    const asked = directionOf(this.remoteDescription.sdp);
    return { type: 'answer', sdp: this.describe(OPPOSITE[asked]) };
  }

  async setLocalDescription(description) {
    this.localDescription = description;
    this.settle(description.type, 'have-local-offer');
  }

  async setRemoteDescription(description) {
    this.remoteDescription = description;
    this.settle(description.type, 'have-remote-offer');
  }

  // Offer and answer are both there: from now on this is how sound goes.
  settle(type, offered) {
    if (type === 'offer') {
      this.signalingState = offered;
      return;
    }
    this.signalingState = 'stable';
    const remote = this.remoteDescription.sdp;
    tell('media', {
      ip: /^c=IN IP[46] (\S+)/m.exec(remote)[1],
      port: Number(/^m=audio (\d+)/m.exec(remote)[1]),
      direction: directionOf(this.localDescription.sdp),
    });
  }

  addTrack() {}
  getSenders() { return []; }
  getReceivers() { return []; }
  close() { this.signalingState = 'closed'; }
}

const silence = { getTracks: () => [], getAudioTracks: () => [], getVideoTracks: () => [] };
const words = { mediaStream: silence, pcConfig: { iceServers: [] } };
let agent = null;
let session = null;

function follow(next) {
  session = next;
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

window.phone = {
  register({ url, uri, user, password, ip, port }) {
    window.media = { ip, port };
    window.RTCPeerConnection = StandIn;
    window.RTCSessionDescription = class { constructor(given) { Object.assign(this, given); } };
    agent = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(url)], uri, authorization_user: user, password,
    });
    agent.on('registered', () => tell('registered'));
    agent.on('registrationFailed', ({ cause }) => tell('refused', { cause }));
    agent.on('disconnected', ({ reason }) => tell('disconnected', { reason }));
    agent.on('newRTCSession', ({ session: next, originator }) => {
      if (originator !== 'remote') return;
      follow(next);
      next.answer(words);
    });
    agent.start();
  },
  dial(target) { follow(agent.call(target, words)); },
  hold() { return agreed(done => session.hold({}, done)); },
  resume() { return agreed(done => session.unhold({}, done)); },
  sendOn(target) { session.refer(target); },
  hangUp() { session.terminate(); },
};
