/**
 * A real wechaty gateway (PuppetServer) whose WeChat is the mock puppet, driven by JSON lines.
 *
 * stdin   {"id": 1, "do": "say", ...}            one command a line (see COMMANDS)
 * stdout  {"id": 1, "result": ...} or {"id": 1, "error": "..."}      the answer to each
 *         {"said": {"conversation", "text", "mentions", "id"}}       whenever a bot speaks ("file" and "bytes" with a file)
 *         {"recalled": id}                                           whenever a bot takes a message back
 *         {"faulted": method}                                        whenever a fault of the test strikes
 *         {"started": true}                                          whenever a client starts the puppet
 * Started as: node gateway.js TOKEN. Ends when stdin ends.
 */
import { createInterface } from 'node:readline'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

// Nothing but answers may reach stdout.
for (const level of ['debug', 'error', 'info', 'log', 'warn']) {
  console[level] = (...words) => process.stderr.write(words.join(' ') + '\n')
}
process.env.WECHATY_LOG ??= 'silent'

const { PuppetMock, mock } = await import('wechaty-puppet-mock')
const { PuppetServer } = await import('wechaty-puppet-service')
const { grpc, puppet: grpcPuppet } = await import('wechaty-grpc')

const { FileBox } = await import('file-box')

const TEXT = 7
const files = new Map()
const token = process.argv[2]
const mocker = new mock.Mocker()
const puppet = new PuppetMock({ mocker })

const state = { account: undefined, endpoint: undefined, loginDelay: 500, faults: {}, namesSent: false, server: undefined }

function tell (object) {
  process.stdout.write(JSON.stringify(object) + '\n')
}

// ---- what people and the bot say ------------------------------------------------------------

/** Put one message into the mock WeChat; returns its id. The puppet tells of it unless `quiet`. */
function speak ({ talker, room, to, text = '', type = TEXT, id = randomUUID(), at, mentions = [], filename, file, quiet }) {
  const payload = { id, talkerId: talker, timestamp: at ?? Date.now(), type, text, filename, mentionIdList: mentions }
  if (room) {
    payload.roomId = room
  } else {
    payload.listenerId = to ?? state.account
  }
  if (file !== undefined) {
    files.set(id, FileBox.fromBase64(file, filename ?? 'file'))
  }
  mocker.MessageMock.create(payload)
  if (!quiet) {
    puppet.emit('message', { messageId: id })
  }
  return id
}

/** A fault asked for by the test: {kind: "fail" | "hang" | "late", times}; undefined when none is due. */
function fault (method) {
  const due = state.faults[method]
  if (!due || due.times <= 0) {
    return undefined
  }
  due.times -= 1
  tell({ faulted: method })
  return due.kind
}

const forever = () => new Promise(() => {})

/** As the mock's own, but with mentions, with an id when asked for, and with faults. */
puppet.messageSendText = async (conversation, text, mentions = []) => {
  const kind = fault('messageSendText')
  if (kind === 'fail') {
    throw new Error('the test refuses this message')
  }
  if (kind === 'hang') {
    return forever()
  }
  const where = mocker.cacheRoomPayload.has(conversation) ? { room: conversation } : { to: conversation }
  const id = speak({ talker: puppet.currentUserId, text, mentions, ...where })
  tell({ said: { conversation, text, mentions, id } })
  return kind === 'late' ? forever() : state.namesSent ? id : undefined
}

const SHOWN_AS = { png: 6, jpg: 6, jpeg: 6, gif: 6, mp4: 15 }

/** A file: told with its name and size; it comes back as an image, a video or an attachment. */
puppet.messageSendFile = async (conversation, file) => {
  const kind = fault('messageSendFile')
  if (kind === 'fail') {
    throw new Error('the test refuses this file')
  }
  if (kind === 'hang') {
    return forever()
  }
  const where = mocker.cacheRoomPayload.has(conversation) ? { room: conversation } : { to: conversation }
  const bytes = (await file.toBuffer()).length
  const type = SHOWN_AS[file.name.split('.').pop()] ?? 1
  const id = speak({ talker: puppet.currentUserId, type, filename: file.name, ...where })
  tell({ said: { conversation, text: '', mentions: [], id, file: file.name, bytes } })
  return kind === 'late' ? forever() : state.namesSent ? id : undefined
}

/** WeChat takes a message back; a fault makes it refuse. */
puppet.messageRecall = async id => {
  const kind = fault('messageRecall')
  if (kind === 'fail') {
    return false
  }
  tell({ recalled: id })
  return true
}

/** The file that somebody sent with a message. */
puppet.messageFile = async id => {
  const kind = fault('messageFile')
  if (kind === 'hang') {
    return forever()
  }
  if (kind === 'fail' || !files.has(id)) {
    throw new Error('the test has no such file')
  }
  return files.get(id)
}

for (const method of ['messageRawPayload', 'roomRawPayload', 'contactRawPayload']) {
  const original = puppet[method].bind(puppet)
  puppet[method] = async id => {
    const kind = fault(method)
    if (kind === 'fail') {
      throw new Error('the test refuses this payload')
    }
    return kind === 'hang' ? forever() : original(id)
  }
}

const ding = puppet.ding.bind(puppet)
puppet.ding = data => fault('ding') ? undefined : ding(data)

// Clients that stop and start the puppet log it out: log it in again, as WeChat's own session would.
puppet.on('start', async () => {
  tell({ started: true })
  await sleep(state.loginDelay)
  if (state.account && !puppet.isLoggedIn) {
    puppet.login(state.account)
  }
})
puppet.on('error', () => {})

// ---- commands -------------------------------------------------------------------------------

/** End the event stream cleanly, as a gateway's Stop call does. */
function stopPuppet () {
  const options = { 'grpc.default_authority': token }
  const client = new grpcPuppet.PuppetClient(state.endpoint, grpc.credentials.createInsecure(), options)
  return new Promise((resolve, reject) => client.stop(new grpcPuppet.StopRequest(), error => {
    client.close()
    error ? reject(error) : resolve()
  }))
}

const person = id => mocker.ContactMock.load(id)
const group = id => mocker.RoomMock.load(id)

const COMMANDS = {
  start: async ({ endpoint }) => {
    const server = new PuppetServer({ endpoint, puppet, token, tls: { disable: true } })
    await server.start()
    Object.assign(state, { endpoint, server })
  },
  stop: async () => {
    await state.server.stop()
    state.server = undefined
  },
  endStream: stopPuppet,
  contacts: ({ contacts }) => {
    for (const contact of contacts) {
      mocker.createContact({ alias: '', ...contact })
    }
  },
  rooms: ({ rooms }) => {
    for (const { id, topic, members } of rooms) {
      mocker.createRoom({ id, topic, memberIdList: members })
    }
  },
  login: ({ contact }) => {
    state.account = contact
    if (!puppet.isLoggedIn) {
      puppet.login(contact)
    }
  },
  logout: async () => {
    state.account = undefined
    await puppet.logout('the test asked for it')
  },
  scan: ({ code }) => puppet.emit('scan', { qrcode: code, status: 2 }),
  say: ({ message }) => speak(message),
  push: ({ messages }) => messages.map(speak),
  repeat: ({ message }) => puppet.emit('message', { messageId: message }),
  emit: ({ event, payload }) => puppet.emit(event, payload),
  topic: ({ room, topic, by }) => group(room).topic(topic).by(person(by)),
  join: ({ room, contacts, by }) => group(room).add(...contacts.map(person)).by(person(by)),
  leave: ({ room, contacts, by }) => group(room).remove(...contacts.map(person)).by(person(by)),
  fault: ({ method, kind, times }) => { state.faults[method] = { kind, times } },
  set: ({ options }) => { Object.assign(state, options) },
}

async function answer (line) {
  const command = JSON.parse(line)
  try {
    tell({ id: command.id, result: (await COMMANDS[command.do](command)) ?? null })
  } catch (error) {
    tell({ id: command.id, error: String(error) })
  }
}

createInterface({ input: process.stdin }).on('line', answer).on('close', () => process.exit(0))
tell({ ready: true })
