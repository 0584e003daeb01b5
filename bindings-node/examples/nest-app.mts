// A service on NestJS with one protected route. ISSUER_BASE_URL, or ISSUER and JWKS_URI, and AUDIENCE say whose tokens may pass, PORT
// where it listens.
import 'reflect-metadata';
import process from 'node:process';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JotgateModule, Public, RequireScopes, Verified } from 'jotgate/nestjs';

@Controller()
class OrdersController {
  @Public()
  @Get('health')
  health(): object {
    return { ok: true };
  }

  @RequireScopes('orders:read')
  @Get('orders')
  list(@Verified() token: Verified): object {
    return { sub: token.payload.sub };
  }
}

@Module({ imports: [JotgateModule.forRoot()], controllers: [OrdersController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? '3000'), '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
