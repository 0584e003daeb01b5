// Applications of NestJS, whose decorators are called by hand.
import 'reflect-metadata';
import { All, Controller, Module, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Verified } from 'jotgate/nestjs';

/** @typedef {import('node:http').IncomingMessage} Incoming */
/** @typedef {(request: Incoming, response: import('node:http').ServerResponse) => void} Handler */
/** @typedef {(request: Incoming, verified: import('jotgate').Verified | undefined, own: any) => unknown} Serve */
/** @typedef {{ serve: Serve, decorators?: any[] }} Route */

/**
 * A controller with a handler for each path.
 * @param {Record<string, Route>} routes
 * @param {any[]} [decorators]
 */
export function controllerOf(routes, decorators = []) {
  class Routes {}
  const methods = /** @type {any} */ (Routes.prototype);
  for (const [index, [path, route]] of Object.entries(routes).entries()) {
    const name = `route${index}`;
    methods[name] = (/** @type {any} */ request, /** @type {any} */ verified) =>
      route.serve(request.raw ?? request, verified, request);
    const descriptor = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(methods, name));
    Req()(methods, name, 0);
    Verified()(methods, name, 1);
    for (const decorate of [All(path), ...(route.decorators ?? [])]) decorate(methods, name, descriptor);
  }
  for (const decorate of [Controller(), ...decorators]) decorate(Routes);
  return Routes;
}

/**
 * An application that is ready.
 * @param {'express' | 'fastify'} platform
 * @param {any[]} imports
 * @param {any[]} controllers
 * @param {any[]} [providers]
 */
export async function nestApp(platform, imports, controllers, providers = []) {
  class App {}
  Module({ imports, controllers, providers })(App);
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(App, /** @type {any} */ (adapter), { logger: false, abortOnError: false });
  await app.init();
  return app;
}

/**
 * What serves an application.
 * @param {'express' | 'fastify'} platform
 * @param {any[]} imports
 * @param {Record<string, Route>} routes
 * @returns {Promise<Handler>}
 */
export async function nestHandler(platform, imports, routes) {
  return handlerOf(platform, await nestApp(platform, imports, [controllerOf(routes)]));
}

/**
 * @param {'express' | 'fastify'} platform
 * @param {import('@nestjs/common').INestApplication} app
 * @returns {Promise<Handler>}
 */
export async function handlerOf(platform, app) {
  const instance = app.getHttpAdapter().getInstance();
  if (platform === 'express') return instance;
  await instance.ready();
  return (request, response) => instance.routing(request, response);
}
