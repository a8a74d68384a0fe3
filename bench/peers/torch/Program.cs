// torch-peers [--seconds S] NAME...: gradients and Jacobians by PyTorch's reverse mode on one thread, a backward pass an output. Prints medians of thread-CPU
// time as JSON, in the format of the C++ program; names that have no counterpart here are passed over.
using System.Text.Json;
using HybridAD.Calibration;
using HybridAD.Peers.Torch;
using TorchSharp;
using static TorchSharp.torch;

var seconds = args is ["--seconds", var text, ..] ? double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0.2;
set_num_threads(1);
var figures = new List<object>();
foreach (var name in args.Skip(args is ["--seconds", ..] ? 2 : 0))
    if (TorchProblem.Named(name) is { } problem)
    {
        var jacobian = Jacobian(problem);
        var measured = new List<double>();
        for (var start = ThreadClock.Seconds; measured.Count < 5 || ThreadClock.Seconds - start < seconds;)
        {
            var before = ThreadClock.Seconds;
            jacobian = Jacobian(problem);
            measured.Add(ThreadClock.Seconds - before);
        }
        measured.Sort();
        figures.Add(new { problem = name, what = "TorchSharp", seconds = measured[measured.Count / 2], count = jacobian.Length, sum = jacobian.Sum(), norm = Math.Sqrt(jacobian.Sum(entry => entry * entry)) });
    }
Console.WriteLine(JsonSerializer.Serialize(figures));

static double[] Jacobian(TorchProblem problem)
{
    // What is made for one evaluation is freed with it.
    using var scope = NewDisposeScope();
    var x = tensor(problem.Start, requires_grad: true);
    var y = problem.Function(x);
    var rows = new double[y.shape[0] * problem.Start.Length];
    for (var row = 0; row < y.shape[0]; row++)
    {
        var gradient = autograd.grad([y[row]], [x], retain_graph: row + 1 < y.shape[0])[0];
        gradient.data<double>().CopyTo(rows, row * problem.Start.Length);
        gradient.Dispose();
    }
    return rows;
}
