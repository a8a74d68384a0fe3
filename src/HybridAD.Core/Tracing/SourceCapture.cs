using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace HybridAD.Tracing;

/// <summary>
/// Finds the line of C# that performs an operation, by looking at the stack while the operation is recorded: operators cannot take
/// <see cref="CallerLineNumberAttribute"/>. A walk costs 4 µs on a shallow stack and 0.2 µs more for each frame; debug symbols are read once for each distinct place.
/// </summary>
internal sealed class SourceCapture
{
    /// <summary>Callers that are kept with a place; recursion would else make every depth a place of its own.</summary>
    private const int MostFrames = 8;

    private static readonly Assembly Core = typeof(SourceCapture).Assembly;

    private readonly Dictionary<MethodBase, FrameOwner> _owners = [];
    private readonly Dictionary<(MethodBase Method, int Offset, int Caller), int> _ids = [];
    private readonly List<SourceLocation> _table = [];
    private readonly (MethodBase Method, int Offset, int Depth)[] _chain = new (MethodBase, int, int)[MostFrames];
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
            var (method, offset, depth) = _chain[k];
            if (!_ids.TryGetValue((method, offset, id), out var known))
            {
                // Both walks start in this method, so that frames have the same depth in both.
                withLines ??= new StackTrace(fNeedFileInfo: true);
                known = _table.Count;
                _table.Add(Locate(withLines.GetFrame(depth), method, offset, id < 0 ? null : _table[id]));
                _ids.Add((method, offset, id), known);
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
        var places = new int[nodeCount];
        _places.AsSpan(0, _noted).CopyTo(places);
        places.AsSpan(_noted).Fill(-1);
        return new CapturedSources(places, [.. _table]);
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
                _chain[length++] = (method, frame.GetILOffset(), depth);
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

    private static SourceLocation Locate(StackFrame? frame, MethodBase method, int offset, SourceLocation? caller) =>
        new(frame?.GetFileName(), frame?.GetFileLineNumber() ?? 0, method.DeclaringType is { } type ? $"{type.Name}.{method.Name}" : method.Name, offset, caller);
}
