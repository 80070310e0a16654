import { kafkaJars } from './kafka-jars.ts'

// Fetches what a Kafka broker needs, so that the tests that start one need no network.
process.stdout.write(`${await kafkaJars()}\n`)
