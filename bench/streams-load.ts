import type { Socket } from 'node:net'
import { connect } from 'node:net'

// Runs as a process of its own: holds many WebSockets open and says when the last of them heard something.

export type StreamsLoad = { port: number; host: string; token: string; path: string; streams: number }
export type StreamsWord = { opened: number } | { heard: number }

/** How many are being opened at once. */
const AT_ONCE = 50
const KEY = Buffer.from('sixteen bytes..!').toString('base64')

function open({ port, host, token, path }: StreamsLoad, hear: () => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let isOpen = false
    socket.once('error', reject)
    socket.on('data', (data: Buffer) => {
      if (isOpen) {
        // A ping has nothing to say and wants an answer; what is masked with zeros may be sent as it is.
        if (data[0] === 0x89) socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]))
        else hear()
        return
      }
      if (!data.toString('latin1').startsWith('HTTP/1.1 101'))
        return reject(new Error(data.toString('latin1')))
      isOpen = true
      resolve(socket)
    })
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    )
  })
}

process.once('message', async (load: StreamsLoad) => {
  let waiting = 0
  const hear = () => {
    if (--waiting === 0) process.send?.({ heard: Date.now() })
  }
  let opened = 0
  const opener = async () => {
    while (opened < load.streams) {
      opened++
      await open(load, hear)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, opener))
  waiting = opened
  process.send?.({ opened })
  process.on('message', () => {
    waiting = opened
  })
})
