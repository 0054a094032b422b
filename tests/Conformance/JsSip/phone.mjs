// A JsSIP user agent without a browser: signalling is JsSIP's own over the ws package, media is a canned session description.
// Arguments: WebSocket URL, SIP URI, password, audio port. It writes a line for each thing that happens and takes lines: call URI, hangup, quit.
import readline from 'node:readline';
import WebSocket from 'ws';

const [url, uri, password, audioPort] = process.argv.slice(2);

const say = (...words) => console.log(words.join(' '));

const session = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${audioPort} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;

// As much of WebRTC as JsSIP asks for when there is nothing to gather and nothing to play.
class CannedConnection extends EventTarget {
  signalingState = 'stable';
  iceGatheringState = 'complete';
  iceConnectionState = 'connected';
  connectionState = 'connected';
  localDescription = null;
  remoteDescription = null;
  async createOffer() { return { type: 'offer', sdp: session }; }
  async createAnswer() { return { type: 'answer', sdp: session }; }
  async setLocalDescription(description) { this.localDescription = description; }
  async setRemoteDescription(description) { this.remoteDescription = description; }
  addTrack() {}
  getSenders() { return []; }
  getReceivers() { return []; }
  close() { this.signalingState = 'closed'; }
}

globalThis.WebSocket = WebSocket;
globalThis.RTCPeerConnection = CannedConnection;
globalThis.RTCSessionDescription = class { constructor(init) { Object.assign(this, init); } };
globalThis.window = globalThis;

const { default: JsSIP } = await import('jssip');
const agent = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(url)], uri, password, register: password !== '', session_timers: false, register_expires: 120 });
const media = { mediaConstraints: { audio: false, video: false }, mediaStream: null, rtcOfferConstraints: { offerToReceiveAudio: true } };
let call = null;

agent.on('connected', () => say('connected'));
agent.on('registered', () => say('registered'));
agent.on('unregistered', () => say('unregistered'));
agent.on('registrationFailed', (e) => say('registration failed', e.cause));
agent.on('newRTCSession', ({ session: rtc, originator }) => {
  call = rtc;
  rtc.on('confirmed', () => say('confirmed'));
  rtc.on('ended', (e) => say('ended by', e.originator));
  rtc.on('failed', (e) => say('failed by', e.originator, e.cause));
  if (originator === 'remote') {
    say('incoming', rtc.remote_identity.uri.user);
    rtc.answer(media);
  }
});
agent.start();

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [verb, argument] = line.split(' ');
  if (verb === 'call') agent.call(argument, media);
  if (verb === 'hangup') call.terminate();
  if (verb === 'quit') break;
}

agent.stop();
setTimeout(() => process.exit(0), 1000);
