# Golden training: losses of optimiser steps and first gradients, from PyTorch and the networks of nets.py.
#
# Run:  python3 make.py PATH_OF_nets.py's_FOLDER   (Debian's python3-torch; writes training-NETWORK.safetensors here)
import json, struct, sys
sys.path.insert(0, sys.argv[1])
import torch, torch.nn.functional as F
import nets

torch.set_num_threads(2)


def save(path, meta, tensors):
    head, blob = {'__metadata__': meta}, b''
    for n in sorted(tensors):
        t = tensors[n].detach().contiguous().float()
        b = t.numpy().astype('<f4').tobytes()
        head[n] = {'dtype': 'F32', 'shape': list(t.shape), 'data_offsets': [len(blob), len(blob) + len(b)]}
        blob += b
    h = json.dumps(head).encode()
    h += b' ' * (-len(h) % 8)
    open(path, 'wb').write(struct.pack('<Q', len(h)) + h + blob)


def crops(n, h, seed):
    g = torch.Generator().manual_seed(seed)
    small = torch.rand(n, 3, h // 4, h // 4, generator=g)
    t = F.interpolate(small, size=(h, h), mode='bicubic', align_corners=False)
    t = t + 0.1 * torch.rand(n, 3, h, h, generator=g)
    return (t.clamp(0, 1) * 255).round()


def by_formula(state):
    """Weights that Java makes too, so that large networks need no large files: a scrambled ramp in [-1, 1]."""
    for k, name in enumerate(sorted(state)):
        t = state[name]
        ramp = ((torch.arange(t.numel()) * 37 + 11 + 13 * k) % 101 / 50 - 1).view(t.shape)
        if t.dim() == 4:
            t.copy_(ramp / (t.numel() / t.shape[0]) ** .5)
        else:
            t.copy_(0.25 + 0.1 * ramp if name.endswith('.weight') else 0.1 * ramp)


def make(name, scale, base_kw, refine_kw, batch, side, variant, steps, rate, formula=False):
    torch.manual_seed(7)
    m = nets.Net(name, scale, 'M', base_kw=base_kw, refine_kw=refine_kw)
    if formula:
        by_formula(m.state_dict())
    parts = {'full': ('base', 'refine'), 'all': ('base', 'refine'), 'mask': ('mp',)}[variant]
    low, high = crops(batch, side, 1), crops(batch, side * scale, 2)
    start = {k: v.clone() for k, v in m.state_dict().items()}
    learning = [q for k, q in m.named_parameters() if k.split('.')[0] in parts]
    opt = torch.optim.Adam(learning, rate)
    losses, out = [], {}
    for it in range(steps):
        x, t = low / 255, high / 255
        opt.zero_grad()
        c, f = m.base(x)
        b, _, h, w = f.shape
        if variant == 'full':
            loss = F.l1_loss(m.refine(f, False) + m.image_skip(x), t) + F.l1_loss(c, t)
        else:
            hp, wp = h // 4, w // 4
            bi, n = torch.nonzero(torch.ones(b, hp * wp), as_tuple=True)
            idx = (bi, n // wp, n % wp)
            r = m.refine(nets.crop_patches(f, 4, 1, idx), True) + nets.crop_patches(m.image_skip(x), 4 * scale, 0, idx)
            r = nets.paste_patches(c, r, idx)
            if variant == 'all':
                loss = 10 * F.l1_loss(r, t) + F.l1_loss(c, t)
            else:
                loss = nets.mask_loss(m.mp(f.detach()), r.detach(), c.detach(), scale)
        loss.backward()
        if it == 0:
            out = {'gradient.' + k: q.grad.clone() for k, q in m.named_parameters() if q.grad is not None}
        opt.step()
        losses.append(float(loss))
    print(name, variant, losses[0], losses[-1])
    if formula:  # about 61 elements of each gradient
        out = {k: v.flatten()[::max(1, v.numel() // 61)] for k, v in out.items()}
    else:
        out.update({'weights.' + k: v for k, v in start.items()})
    out.update(lowRes=low, highRes=high, losses=torch.tensor(losses))
    config = {'base_kw': base_kw, 'refine_kw': {k: v for k, v in refine_kw.items() if k not in 'ds'}}
    meta = dict(network=name.lower(), scale=str(scale), variant=variant, rate=str(rate), config=json.dumps(config))
    save('training-%s-%s.safetensors' % (name.lower(), variant), meta, out)


which = sys.argv[2:] 
cases = {
    'fsrcnn-full': lambda: make('FSRCNN', 4, {'d': 8, 's': 4, 'm': 2}, {'d': 8, 's': 4, 'm': 1}, 2, 12, 'full', 10, 1e-3),
    'fsrcnn-all': lambda: make('FSRCNN', 3, {'d': 8, 's': 4, 'm': 2}, {'d': 8, 's': 4, 'm': 1}, 2, 12, 'all', 10, 1e-3),
    'fsrcnn-mask': lambda: make('FSRCNN', 2, {'d': 8, 's': 4, 'm': 2}, {'d': 8, 's': 4, 'm': 1}, 3, 16, 'mask', 10, 1e-3),
    'pan-all': lambda: make('PAN', 4, {'nb': 1}, {'nb': 1}, 1, 8, 'all', 10, 1e-4, True),
    'pan-full': lambda: make('PAN', 3, {'nb': 1}, {'nb': 1}, 2, 4, 'full', 10, 1e-4, True),
    'rfdn-all': lambda: make('RFDN', 2, {'nb': 1}, {'nb': 1}, 1, 16, 'all', 10, 1e-4, True),
    'rfdn-full': lambda: make('RFDN', 3, {'nb': 1}, {'nb': 1}, 1, 16, 'full', 10, 1e-4, True),
    'srresnet-full': lambda: make('SRResNet', 4, {'nb': 1}, {'nb': 1}, 1, 4, 'full', 10, 1e-4, True),
    'srresnet-all': lambda: make('SRResNet', 3, {'nb': 1}, {'nb': 1}, 1, 4, 'all', 10, 1e-4, True),
    'rcan-all': lambda: make('RCAN', 2, {'ng': 1, 'nb': 1}, {'ng': 1, 'nb': 1}, 1, 8, 'all', 10, 1e-4, True),
    'rcan-full': lambda: make('RCAN', 4, {'ng': 1, 'nb': 1}, {'ng': 1, 'nb': 1}, 1, 4, 'full', 10, 1e-4, True),
}
for name in which or cases:
    cases[name]()
