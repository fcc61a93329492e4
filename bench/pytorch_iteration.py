"""A training iteration in PyTorch, timed: what TrainBenchmark compares with. For each line on stdin one iteration is run and a line
printed: wall and processor milliseconds.

usage: pytorch_iteration.py SPEC NETWORK VARIANT BATCH SIDE    (SPEC: the folder of nets.py; VARIANT: full or all; scale 4)
"""
import os
import sys
import time

import torch
import torch.nn.functional as F

spec, name, variant, batch, side = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
sys.path.insert(0, spec)
import nets

P, SCALE = 4, 4
torch.set_num_threads(os.cpu_count())
net = nets.Net(name, SCALE, 'A')
adam = torch.optim.Adam(net.parameters(), 1e-4)
low, high = torch.rand(batch, 3, side, side), torch.rand(batch, 3, side * SCALE, side * SCALE)
print('PyTorch %s, %d threads' % (torch.__version__, torch.get_num_threads()), flush=True)


def refine_patches(coarse, feature):
    cells = feature.shape[2] // P
    of, n = torch.nonzero(torch.ones(batch, cells * cells), as_tuple=True)
    where = (of, n // cells, n % cells)
    refined = net.refine(nets.crop_patches(feature, P, 1, where), True)
    refined = refined + nets.crop_patches(net.image_skip(low), P * SCALE, 0, where)
    return nets.paste_patches(coarse, refined, where)


for line in sys.stdin:
    wall, processor = time.perf_counter(), time.process_time()
    adam.zero_grad()
    coarse, feature = net.base(low)
    if variant == 'full':
        loss = F.l1_loss(net.refine(feature, False) + net.image_skip(low), high) + F.l1_loss(coarse, high)
    else:
        loss = 10 * F.l1_loss(refine_patches(coarse, feature), high) + F.l1_loss(coarse, high)
    loss.backward()
    adam.step()
    print((time.perf_counter() - wall) * 1e3, (time.process_time() - processor) * 1e3, flush=True)
