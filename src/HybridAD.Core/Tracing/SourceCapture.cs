using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace HybridAD.Tracing;

/// <summary>
/// Finds the line of C# that performs an operation, by looking at the stack while the operation is recorded: operators cannot take
/// <see cref="CallerLineNumberAttribute"/>. A walk costs 4 to 10 µs on a shallow stack and up to 0.2 µs more for each frame; debug symbols are read once for each distinct place.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Nothing is captured where code cannot be generated, see Tape.")]
internal sealed class SourceCapture
{
    /// <summary>Callers that are kept with a place; recursion would else make every depth a place of its own.</summary>
    private const int MostFrames = 8;

    private static readonly Assembly Core = typeof(SourceCapture).Assembly;

    private readonly Dictionary<MethodBase, FrameOwner> _owners = [];
    private readonly Dictionary<(MethodBase Method, int NativeOffset, string Callee), CapturedFrame> _frames = [];
    private readonly Dictionary<(CapturedFrame Frame, int Caller), int> _ids = [];
    private readonly List<(CapturedFrame Frame, int Caller)> _table = [];
    private readonly int[] _chain = new int[MostFrames];
    private int[] _places;
    private int _noted;

    public SourceCapture(int inputCount)
    {
        _places = new int[Math.Max(256, 2 * inputCount)];
        _places.AsSpan(0, inputCount).Fill(-1);
        _noted = inputCount;
    }

    private enum FrameOwner : byte
    {
        User,

        /// <summary>The operators of active scalars, and what the framework puts between them and the user, such as LINQ.</summary>
        Plumbing,

        /// <summary>The library's entry: what is below it on the stack called for the trace and is no part of it.</summary>
        Entry,
    }

    /// <summary>The node, and the literals before it that it reads, are being recorded by the code on the stack.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Note(int node)
    {
        var stack = new StackTrace(fNeedFileInfo: false);
        var length = UserFrames(stack);
        var id = -1;
        StackTrace? withLines = null;
        for (var k = length - 1; k >= 0; k--)
        {
            var frame = stack.GetFrame(_chain[k])!;
            var key = (frame.GetMethod()!, frame.GetNativeOffset(), stack.GetFrame(_chain[k] - 1)?.GetMethod() is { } callee ? CallSites.NameOf(callee) : "");
            if (!_frames.TryGetValue(key, out var captured))
            {
                // Both walks start in this method, so that frames have the same depth in both.
                withLines ??= new StackTrace(fNeedFileInfo: true);
                var line = withLines.GetFrame(_chain[k]);
                captured = new CapturedFrame(key.Item1, key.Item2, key.Item3)
                {
                    Offset = frame.GetILOffset(), Path = line?.GetFileName(), Line = line?.GetFileLineNumber() ?? 0,
                };
                _frames.Add(key, captured);
            }
            if (!_ids.TryGetValue((captured, id), out var known))
            {
                known = _table.Count;
                _table.Add((captured, id));
                _ids.Add((captured, id), known);
            }
            id = known;
        }
        if (node >= _places.Length)
            Array.Resize(ref _places, Math.Max(node + 1, 2 * _places.Length));
        _places.AsSpan(_noted..(node + 1)).Fill(id);
        _noted = node + 1;
    }

    /// <summary>What was found, for a trace of some nodes.</summary>
    public CapturedSources Finish(int nodeCount)
    {
        Refine();
        var locations = new SourceLocation[_table.Count];
        for (var k = 0; k < locations.Length; k++)
        {
            var (frame, caller) = _table[k];
            var name = frame.Method.DeclaringType is { } type ? $"{type.Name}.{frame.Method.Name}" : frame.Method.Name;
            locations[k] = new(frame.Path, frame.Line, name, frame.Offset, caller < 0 ? null : locations[caller]);
        }
        var places = new int[nodeCount];
        _places.AsSpan(0, _noted).CopyTo(places);
        places.AsSpan(_noted).Fill(-1);
        return new CapturedSources(places, locations);
    }

    private void Refine()
    {
        using var symbols = new DebugSymbols();
        foreach (var frames in _frames.Values.GroupBy(frame => frame.Method))
        {
            CallSites.Refine(frames.Key, [.. frames]);
            foreach (var frame in frames)
                if (symbols.LineOf(frame.Method, frame.Offset) is var (path, line))
                    (frame.Path, frame.Line) = (path, line);
        }
    }

    private int UserFrames(StackTrace stack)
    {
        var length = 0;
        for (var depth = 1; depth < stack.FrameCount && length < MostFrames; depth++)
        {
            var frame = stack.GetFrame(depth)!;
            if (frame.GetMethod() is not { } method)
                continue;
            var owner = OwnerOf(method);
            if (owner == FrameOwner.Entry)
                break;
            if (owner == FrameOwner.User)
                _chain[length++] = depth;
        }
        return length;
    }

    private FrameOwner OwnerOf(MethodBase method)
    {
        if (_owners.TryGetValue(method, out var owner))
            return owner;
        var assembly = method.Module.Assembly;
        var name = assembly.GetName().Name!;
        owner = name == "HybridAD" ? FrameOwner.Entry
            : assembly == Core || name.StartsWith("System.", StringComparison.Ordinal) ? FrameOwner.Plumbing
            : FrameOwner.User;
        _owners.Add(method, owner);
        return owner;
    }
}
