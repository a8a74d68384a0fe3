using System.Reflection;
using System.Reflection.Emit;
using HybridAD.Execution.Kernels.Emission;
using HybridAD.Execution.Kernels.Instructions;
using HybridAD.Execution.Kernels.Schedules;

namespace HybridAD.Execution.Kernels.StraightLine;

/// <content>
/// Functions of points (<see cref="PointFunction"/>). A small function takes no longer than a few dozen instructions, so what is asked around a call is asked in it, with
/// lengths that are known; and what is called otherwise takes the arguments as they are, so that callers need not keep them either.
/// </content>
internal sealed partial class StraightLineEmitter
{
    private const byte PointLength = 2;
    private const byte ResultLength = 4;
    private const byte Scratch = 5;

    private static readonly FieldInfo ClosedLiterals = typeof(PointMethod.Closure).GetField(nameof(PointMethod.Closure.Literals))!;
    private static readonly FieldInfo Otherwise = typeof(PointMethod.Closure).GetField(nameof(PointMethod.Closure.Otherwise))!;
    private static readonly MethodInfo CallOtherwise = typeof(PointFunction).GetMethod(nameof(PointFunction.Invoke))!;
    private static readonly MethodInfo IsWatched = typeof(Workspace).GetProperty(nameof(Workspace.IsWatched), BindingFlags.Instance | BindingFlags.NonPublic)!.GetMethod!;

    private CodeLabel _otherwise;

    /// <summary>The code, which is one part, as a function of points; null where it is too long to be optimised.</summary>
    public static PointMethod? EmitPointMethod(StraightLinePlan plan, int pointLength, int resultLength, bool isStrict)
    {
        Type[] parameters = [typeof(PointMethod.Closure), Numbers, typeof(int), Numbers, typeof(int), typeof(Workspace)];
        var (emitter, placed) = Prepare(parameters, plan, plan.Schedule.Segments[0], isStrict, AtPoints);
        emitter._otherwise = emitter._il.DefineLabel();
        emitter.PlaceLiterals();
        emitter.EmitQuestions(pointLength, resultLength);
        emitter.EmitAll(placed);
        emitter.EmitOtherwise();
        return emitter._il.IsOptimized ? new PointMethod(emitter._il.Complete(), [.. emitter._literals]) : null;
    }

    /// <summary>
    /// Goes elsewhere where lengths are wrong, result and point may share memory, or somebody watches. Lengths and places are one branch and not three: Intel's cores up to Cascade Lake decode
    /// branches that lie across 32 bytes of the code anew each time, which took a sixth of the time of a small function.
    /// </summary>
    private void EmitQuestions(int pointLength, int resultLength)
    {
        EmitDifference(PointLength, pointLength);
        EmitDifference(ResultLength, resultLength);
        _il.Emit(OpCodes.Or);
        // The distance of two arrays that overlap is more than minus the length of the result and less than that of the point: one comparison without signs.
        var (point, result) = (sizeof(double) * (long)pointLength, sizeof(double) * (long)resultLength);
        _il.Emit(OpCodes.Ldarg, (short)_arguments.Result);
        _il.Emit(OpCodes.Ldarg, (short)_arguments.Point);
        _il.Emit(OpCodes.Sub);
        EmitOffset(result - 1);
        _il.Emit(OpCodes.Ldc_I8, point + result - 1);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Clt_Un);
        _il.Emit(OpCodes.Or);
        _il.Emit(OpCodes.Brtrue, _otherwise);
        var isUnwatched = _il.DefineLabel();
        _il.Emit(OpCodes.Ldarg_S, Scratch);
        _il.Emit(OpCodes.Brfalse, isUnwatched);
        _il.Emit(OpCodes.Ldarg_S, Scratch);
        _il.Emit(OpCodes.Call, IsWatched);
        _il.Emit(OpCodes.Brtrue, _otherwise);
        _il.MarkLabel(isUnwatched);
    }

    /// <summary>Pushes the bits in which a length is another one.</summary>
    private void EmitDifference(byte argument, int length)
    {
        _il.Emit(OpCodes.Ldarg_S, argument);
        _il.Emit(OpCodes.Ldc_I4, length);
        _il.Emit(OpCodes.Xor);
    }

    /// <summary>Goes elsewhere where a number is not finite: its difference to itself is NaN then, and has bits that are not 0.</summary>
    private void EmitTest(Instruction instruction, in PlacedInstruction placed)
    {
        if (instruction.Lanes == 1)
        {
            EmitDouble(instruction, placed, 0);
            EmitDouble(instruction, placed, 0);
            _il.Emit(OpCodes.Sub);
            var difference = _il.DeclareLocal(typeof(double));
            _il.Emit(OpCodes.Stloc, difference);
            _il.Emit(OpCodes.Ldloc, difference);
            _il.Emit(OpCodes.Ldloc, difference);
            _il.Emit(OpCodes.Bne_Un, _otherwise);
            return;
        }
        var isa = VectorIsa.Of(instruction.Lanes);
        EmitSource(instruction, placed, 0);
        EmitSource(instruction, placed, 0);
        _il.Emit(OpCodes.Call, isa.Operator("op_Subtraction"));
        _il.Emit(OpCodes.Call, isa.Shuffle!.Bits!);
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Call, isa.Shuffle.AreDisjoint!);
        _il.Emit(OpCodes.Brfalse, _otherwise);
    }

    private void EmitOtherwise()
    {
        _il.MarkLabel(_otherwise);
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, Otherwise);
        for (byte argument = 1; argument <= Scratch; argument++)
            _il.Emit(OpCodes.Ldarg_S, argument);
        _il.Emit(OpCodes.Callvirt, CallOtherwise);
        _il.Emit(OpCodes.Ret);
    }
}
