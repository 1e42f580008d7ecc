#!/usr/bin/env python3
# doc/openapi.yaml against the live engine: every path and method answers as described,
# and every route of the engine stands in it.
import re

import plain_yaml
from rig import SOURCE, play

DOC = plain_yaml.load(SOURCE + '/doc/openapi.yaml')
KINDS = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'integer': int, 'number': (int, float)}
TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z')


def resolve(thing):
    while '$ref' in thing:
        at = DOC
        for part in thing['$ref'][2:].split('/'):
            at = at[part]
        thing = at
    return thing


def faults(value, schema, where='body'):
    """What of the value does not fit the schema."""
    schema = resolve(schema)
    if value is None and (schema.get('nullable') or 'type' not in schema and 'allOf' not in schema):
        return []
    out = [f for part in schema.get('allOf', ()) for f in faults(value, part, where)]
    kind = schema.get('type')
    if kind and (not isinstance(value, KINDS[kind]) or isinstance(value, bool) != (kind == 'boolean')):
        return ['%s is %r, not %s' % (where, value, kind)]
    if 'enum' in schema and value not in schema['enum']:
        out.append('%s is %r, none of %r' % (where, value, schema['enum']))
    if schema.get('format') == 'date-time' and not TIME.fullmatch(value):
        out.append('%s is no time: %r' % (where, value))
    if kind in ('integer', 'number') and not schema.get('minimum', value) <= value <= schema.get('maximum', value):
        out.append('%s is out of range: %r' % (where, value))
    if isinstance(value, list):
        for i, v in enumerate(value):
            out += faults(v, schema.get('items', {}), '%s[%d]' % (where, i))
    if isinstance(value, dict):
        out += ['%s.%s is missing' % (where, k) for k in schema.get('required', ()) if k not in value]
        known, rest = schema.get('properties', {}), schema.get('additionalProperties', {})
        for k, v in value.items():
            out += faults(v, known.get(k, rest), where + '.' + k)
    return out


def unknown_names(value, schema, where='body'):
    """Names of the value that the schema does not describe, where it describes any."""
    schema = resolve(schema)
    parts = [resolve(p) for p in schema.get('allOf', ())] or [schema]
    known = {k: v for p in parts for k, v in p.get('properties', {}).items()}
    out = []
    if isinstance(value, list) and 'items' in schema:
        out = [n for v in value for n in unknown_names(v, schema['items'], where + '[]')]
    if isinstance(value, dict) and known:
        for k, v in value.items():
            out += unknown_names(v, known[k], where + '.' + k) if k in known else [where + '.' + k]
    return out


def described(rig, what, reply, operation):
    """The reply's status, type and body are as the operation says."""
    answers = operation['responses']
    answer = resolve(answers.get(str(reply.status), answers['default']))
    if str(reply.status) not in answers:
        rig.check('%s: %d is an error' % (what, reply.status), reply.status >= 400)
    media = reply.headers.get('Content-Type', '').split(';')[0]
    if not rig.check('%s: %d comes as described' % (what, reply.status), media in answer['content'], media):
        return
    for name in answer.get('headers', ()):
        rig.check('%s: has %s' % (what, name), name in reply.headers)
    if media == 'application/json':
        schema = answer['content'][media]['schema']
        bad = faults(reply.json, schema)
        rig.check('%s: %d fits its schema' % (what, reply.status), not bad, bad[:5])
        for name in sorted(set(unknown_names(reply.json, schema))):     # allowed, but say so
            print('note: %s: %s is not described' % (what, name))


def engine_routes():
    """(method, path with {} for each variable) of the engine's own table."""
    with open(SOURCE + '/src/engine/api_routes.c') as f:
        text = f.read()
    macros = dict(re.findall(r'#define (\w+)\s+"([^"]+)"', text))
    out = set()
    for method, macro, rest in re.findall(r'\{ "([A-Z]+)", (\w+ ?)?(?:"([^"]+)")?,', text):
        out.add((method, (macros.get(macro.strip(), '') + rest).replace(':', '{}')))
    return out


def doc_routes():
    return {(m.upper(), re.sub(r'\{\w+\}', '{}', p)) for p, item in DOC['paths'].items() for m in item}


def same_routes(rig):
    mine, theirs = engine_routes(), doc_routes()
    rig.check('the table of routes was found', len(mine) > 20, len(mine))
    rig.equal('routes that are not described', sorted(mine - theirs), [])
    rig.equal('descriptions without a route', sorted(theirs - mine), [])


def scene(rig):
    rig.workflow('flow', '''
        title: All kinds
        params: {n: {type: integer, minimum: 1, default: 2}, l: {type: array, items: {type: string}, default: [a]}}
        on: {schedule: [{cron: "0 3 1 1 *"}], webhook: {secret_env: NONE}}
        steps:
          - {id: work, run: "echo out; echo err >&2"}
          - {id: each, foreach: params.l, run: "true"}
          - {id: fails, run: exit 1, on_error: pause}
          - {id: review, approve: {prompt: "Go?", roles: [admin], timeout: 1h, required: 2}}
          - {id: size, ask: {prompt: "How many?", schema: {type: integer}}}
        ''')


def walk(rig):
    run = rig.until_status(rig.start('flow'), 'paused')['id']
    ended = rig.start('flow')
    rig.until_status(ended, 'paused')

    def version(task):
        return {'version': rig.task(run, task)['version']}
    tasks = '/v1/runs/{run}/tasks/{task}'
    bodies = {
        ('post', '/v1/workflows/{name}/runs'): lambda: {'params': {'n': 3}},
        ('post', tasks + '/retry'): lambda: {**version('fails'), 'edit': {'run': 'exit 2'}},
        ('post', '/v1/tokens'): lambda: {'name': 'ci'},
        ('post', tasks + '/ask'): lambda: {'prompt': 'Which?', 'schema': {'type': 'string'}, 'attempt': 1, 'key': 'k'},
    }
    words = {'name': 'flow', 'task': 'work', 'schedule': 'flow', 'token': 'ci'}
    for path, item in DOC['paths'].items():
        for method, operation in item.items():
            words['run'] = ended if path.endswith('/cancel') else run
            at = re.sub(r'\{(\w+)\}', lambda m: words[m.group(1)], path)
            if path == '/v1/events':
                stream = rig.stream(at + '?snapshot=1')
                rig.equal('GET ' + path, stream.response.headers['Content-Type'].split(';')[0], 'text/event-stream')
                stream.close()
                continue
            body = bodies.get((method, path), lambda: {})() if method == 'post' else None
            described(rig, method.upper() + ' ' + path, rig.call(method.upper(), at, body), operation)


def orders(rig):
    def op(verb):
        return DOC['paths']['/v1/runs/{run}/tasks/{task}/' + verb]['post']
    run = rig.until_status(rig.start('flow'), 'paused')['id']
    for verb, task, more, until in (
            ('retry', 'fails', {'edit': {'run': 'exit 3'}}, lambda r: r['status'] == 'paused'),
            ('skip', 'fails', {}, lambda r: r['waiting']),
            ('advance', 'review', {}, lambda r: r['waiting'] and r['waiting']['task'] == 'size'),
            ('answer', 'size', {'value': 'x'}, None), ('answer', 'size', {'value': 7}, lambda r: r['status'] == 'completed'),
            ('reject', 'review', {}, None)):
        reply = rig.order(run, task, verb, **more)
        described(rig, 'order ' + verb, reply, op(verb))
        if until:
            rig.equal('order ' + verb, reply.status, 200)
            now = rig.until(run, until)
            described(rig, 'run after ' + verb, rig.get('/v1/runs/' + run), DOC['paths']['/v1/runs/{run}']['get'])
            described(rig, 'task after ' + verb, rig.get('/v1/runs/%s/tasks/%s' % (run, task)),
                      DOC['paths']['/v1/runs/{run}/tasks/{task}']['get'])
    rig.equal('the answer', now['tasks'][-1]['result'], 7)


def refused(rig):
    words = {'run': '018f0000-0000-7000-8000-000000000000', 'name': 'none', 'task': 'none', 'schedule': 'none', 'token': 'none'}
    for path, item in DOC['paths'].items():
        at = re.sub(r'\{(\w+)\}', lambda m: words[m.group(1)], path)
        wrong = rig.call('DELETE', at)
        rig.equal('DELETE ' + path, (wrong.status, wrong.code), (405, 'method_not_allowed'))
        for method, operation in item.items():
            if '{' in path:
                reply = rig.call(method.upper(), at, {} if method == 'post' else None)
                rig.check('%s of what is not' % path, reply.status >= 400, reply.status)
                described(rig, '%s of what is not' % path, reply, operation)
            if '/v1/' in path and method == 'post' and 'hooks' not in path:
                described(rig, path + ' with a bad body', rig.call('POST', at, '{"nonsense":1}'), operation)
    log = DOC['paths']['/v1/runs/{run}/tasks/{task}/log']['get']
    run = rig.until_status(rig.start('flow'), 'paused')['id']
    for query in ('', '?format=lines', '?format=lines&cursor=end&backward=1', '?stream=none', '?attempt=0', '?level=error'):
        described(rig, 'log' + query, rig.get('/v1/runs/%s/tasks/work/log%s' % (run, query)), log)


if __name__ == '__main__':
    play('openapi', same_routes, scene, walk, orders, refused)
