using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;

namespace HybridAD.Tracing;

/// <summary>
/// Which call in the IL of a method a frame of the stack is in. The runtime itself only tells the last place before it at which nothing lies on the evaluation stack, and
/// optimising compilers keep the locals of several lines there.
/// </summary>
/// <remarks>
/// Code that is compiled without optimisation, as it is when it first runs, has its calls in the order of the IL. So the calls that were seen, in the order of their native
/// offsets, are looked for in the IL by the name of what they call. Calls that were never seen can mislead this only by others of the same name and between two such places.
/// </remarks>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Nothing is captured where code cannot be generated, see Tape.")]
internal static class CallSites
{
    private static readonly OpCode[] OneByte = new OpCode[256];
    private static readonly OpCode[] TwoBytes = new OpCode[256];

    static CallSites()
    {
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
            if (field.GetValue(null) is OpCode code)
                (code.Size == 1 ? OneByte : TwoBytes)[code.Value & 0xFF] = code;
    }

    /// <summary>Puts the IL offset of its call in the place of the runtime's, for frames of one method.</summary>
    public static void Refine(MethodBase method, List<CapturedFrame> frames)
    {
        var calls = CallsOf(method);
        var starts = frames.Select(frame => frame.Offset).Distinct().Order().ToArray();
        foreach (var group in frames.GroupBy(frame => frame.Offset).ToList())
        {
            var end = starts.FirstOrDefault(start => start > group.Key, int.MaxValue);
            var next = calls.FindIndex(call => call.Offset >= group.Key);
            foreach (var frame in group.OrderBy(frame => frame.NativeOffset))
            {
                var found = next < 0 ? -1 : calls.FindIndex(next, call => call.Name == frame.Callee);
                if (found < 0 || calls[found].Offset >= end)
                    continue;
                frame.Offset = calls[found].Offset;
                next = found + 1 < calls.Count ? found + 1 : -1;
            }
        }
    }

    /// <summary>A name without the interface it explicitly implements.</summary>
    public static string NameOf(MethodBase method) => method.Name[(method.Name.LastIndexOf('.') + 1)..] is { Length: > 0 } name && method.Name[0] != '.' ? name : method.Name;

    private static List<(int Offset, string Name)> CallsOf(MethodBase method)
    {
        var calls = new List<(int, string)>();
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
            return calls;
        for (var at = 0; at < il.Length;)
        {
            var start = at;
            var code = il[at] == 0xFE ? TwoBytes[il[at + 1]] : OneByte[il[at]];
            at += code.Size;
            if (code.OperandType == OperandType.InlineMethod && Called(method, BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at))) is { } name)
                calls.Add((start, name));
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)),
                _ => 4,
            };
        }
        return calls;
    }

    private static string? Called(MethodBase method, int token)
    {
        try
        {
            var called = method.Module.ResolveMethod(token, method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null,
                method.IsGenericMethod ? method.GetGenericArguments() : null);
            return called is null ? null : NameOf(called);
        }
        catch (Exception error) when (error is ArgumentException or BadImageFormatException or TypeLoadException or IOException)
        {
            // A call into something that is not there was not made either.
            return null;
        }
    }
}

/// <summary>A place in a method at which recorded operations were seen.</summary>
internal sealed class CapturedFrame(MethodBase method, int nativeOffset, string callee)
{
    public MethodBase Method => method;

    /// <summary>The place in the machine code.</summary>
    public int NativeOffset => nativeOffset;

    /// <summary>Name of the method that is called there.</summary>
    public string Callee => callee;

    /// <summary>The place in the IL, as well as it is known.</summary>
    public int Offset { get; set; }

    /// <summary>File and line as the runtime has them.</summary>
    public string? Path { get; set; }

    /// <summary>The line, or 0.</summary>
    public int Line { get; set; }
}
