"""Times 'full' of the five networks x4 in PyTorch, as Loupe's: Base-Net without its upsampler, whose picture nobody sees,
and Refine-Net on the whole frame. Frame in device memory to picture in device memory."""
import sys
import time
import torch
import nets

W, H = (int(n) for n in (sys.argv[1] if len(sys.argv) > 1 else '480x270').split('x'))
MOST = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0  # seconds for the 20 runs of one, but at least 5 of them
cuda = torch.cuda.is_available()
dev = 'cuda' if cuda else 'cpu'
torch.backends.cudnn.benchmark = True
print('torch', torch.__version__, 'cudnn', torch.backends.cudnn.version(), torch.cuda.get_device_name() if cuda else 'cpu', '%dx%d x4' % (W, H))


class Nothing(torch.nn.Module):
    def forward(self, f):
        return 0


def full(name):
    net = nets.Net(name, 4, 'D').eval()
    setattr(net.base, {'FSRCNN': 'last', 'RFDN': 'up'}.get(name, 'tail'), Nothing())

    def run(x):
        skip, f = net.base(x)  # PAN: the bilinear picture, others: 0
        y = net.refine(f, False)
        return y + skip if torch.is_tensor(skip) else y
    return net, run


def sync():
    if cuda:
        torch.cuda.synchronize()


def once(f):
    if not cuda:
        t = time.perf_counter()
        f()
        return (time.perf_counter() - t) * 1e3
    a, b = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    a.record()
    f()
    b.record()
    b.synchronize()
    return a.elapsed_time(b)


def times(f):
    start = time.perf_counter()
    ms = []
    while len(ms) < 20 and (len(ms) < 5 or time.perf_counter() - start < MOST):
        ms.append(once(f))
    ms.sort()
    return 'min %8.3f  median %8.3f ms of %2d' % (ms[0], ms[len(ms) // 2], len(ms))


def graphed(run, x):
    s = torch.cuda.Stream()
    s.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(s):
        run(x)
    torch.cuda.current_stream().wait_stream(s)
    g = torch.cuda.CUDAGraph()
    with torch.cuda.graph(g):
        run(x)
    return g.replay


for name in nets.NETS:
    reference = None
    for kind in ('fp32', 'tf32', 'fp16'):
        for layout in ('nchw', 'channels_last'):
            torch.manual_seed(0)
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = kind == 'tf32'
            fmt = torch.channels_last if layout == 'channels_last' else torch.contiguous_format
            dt = torch.half if kind == 'fp16' else torch.float
            try:
                with torch.inference_mode():
                    net, run = full(name)
                    net.to(dev, dt, memory_format=fmt)
                    x = torch.rand(1, 3, H, W).to(dev, dt).to(memory_format=fmt)
                    for _ in range(3):
                        y = run(x)
                    sync()
                    assert y.shape == (1, 3, 4 * H, 4 * W), y.shape
                    y = y.float().contiguous()
                    reference = y if reference is None else reference
                    error = float((y - reference).abs().max() / reference.abs().max())
                    line = 'torch %-9s full %s %-13s %s' % (name, kind, layout, times(lambda: run(x)))
                    if cuda:
                        try:
                            replay = graphed(run, x)
                            replay()
                            line += '   as a CUDA graph: ' + times(replay)
                        except Exception as e:
                            line += '   no CUDA graph: ' + str(e).splitlines()[0]
                    print(line + '   error %.1e' % error, flush=True)
            except Exception as e:  # one combination that fails must not hide the others
                print('torch %s %s %s failed: %s' % (name, kind, layout, str(e).splitlines()[0]), flush=True)
